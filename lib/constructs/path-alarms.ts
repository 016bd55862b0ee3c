import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { KPI_NAMESPACE } from '../names.ts';
import type { MonitorFunction } from './function.ts';

export interface AlarmSpec {
  readonly metric: IMetric;
  readonly description: string;
  /** Raised at or above this value; 1 by default: it must not happen at all. */
  readonly threshold?: number;
  /** Minutes in a row; 1 by default. */
  readonly minutes?: number;
}

const PERIOD = Duration.minutes(1);

/**
 * Alarms on one path through the system. Each cause has an alarm of its own to look at; people hear of the path once,
 * through a composite alarm.
 */
export class PathAlarms extends Construct {
  readonly #alarms: Alarm[] = [];

  /** Raises when the metric is at or above the threshold. No data means that nothing happened. */
  watch(id: string, { metric, description, threshold = 1, minutes = 1 }: AlarmSpec): void {
    this.#alarms.push(
      new Alarm(this, id, {
        metric,
        alarmDescription: description,
        threshold,
        evaluationPeriods: minutes,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }),
    );
  }

  /** Raises when something that runs every minute did not for five. */
  expectEveryMinute(id: string, metric: IMetric, description: string): void {
    this.#alarms.push(
      new Alarm(this, id, {
        metric,
        alarmDescription: description,
        threshold: 1,
        evaluationPeriods: 5,
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.BREACHING,
      }),
    );
  }

  /** Errors and throttles of a function. */
  watchFunction<Env>({ name, lambda }: MonitorFunction<Env>): void {
    this.watch(`${name}-errors`, {
      metric: lambda.metricErrors({ period: PERIOD, statistic: Stats.SUM }),
      description: `${name} ends with errors. Its log group says why.`,
    });
    this.watch(`${name}-throttles`, {
      metric: lambda.metricThrottles({ period: PERIOD, statistic: Stats.SUM }),
      description: `${name} is throttled: the account's concurrency is used up.`,
    });
  }

  watchQueue(id: string, queue: Queue, description: string): void {
    this.watch(id, {
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: Stats.MAXIMUM }),
      description,
    });
  }

  /** Messages that a rule could not hand to its action. @param actionType as IoT Core counts it: `Kinesis`, `Lambda` */
  watchRule(id: string, ruleName: string, actionType: string): void {
    this.watch(`${id}-failures`, {
      metric: new Metric({
        namespace: 'AWS/IoT',
        metricName: 'Failure',
        dimensionsMap: { RuleName: ruleName, ActionType: actionType },
        period: PERIOD,
        statistic: Stats.SUM,
      }),
      description: `The IoT rule ${ruleName} cannot hand messages on. They are in the archive below errors/${ruleName}/.`,
    });
  }

  /** A counter that a function publishes about itself. */
  watchCounter(id: string, service: string, metricName: string, description: string): void {
    this.watch(id, {
      metric: new Metric({
        namespace: KPI_NAMESPACE,
        metricName,
        dimensionsMap: { service },
        period: PERIOD,
        statistic: Stats.SUM,
      }),
      description,
    });
  }

  /** One notification for the path, whichever of its alarms is raised. Call it last. */
  notify(topic: Topic, name: string, description: string): void {
    const composite = new CompositeAlarm(this, 'Path', {
      compositeAlarmName: name,
      alarmDescription: description,
      alarmRule: AlarmRule.anyOf(...this.#alarms.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
    });
    composite.addAlarmAction(new SnsAction(topic));
    composite.addOkAction(new SnsAction(topic));
  }
}
