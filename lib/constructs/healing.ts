import { Duration, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { HealEnv } from '../../lambdas/heal/env.ts';
import type { Environment } from '../environments.ts';
import { KPI_NAMESPACE, namesOf } from '../names.ts';
import { ARCHIVE_PREFIX, type ArchiveBucket } from './archive-bucket.ts';
import { giveUpTo } from './async-invocation.ts';
import { MonitorFunction } from './function.ts';
import { MinuteSchedule } from './minute-schedule.ts';
import { allow, type Permission } from './permissions.ts';
import { TopicRule } from './topic-rule.ts';

export interface HealingProps {
  readonly environment: Environment;
  readonly functionsDir: string;
  /** Folder of rules beside the bundled handler. */
  readonly rulesDirectory: string;
  readonly archive: ArchiveBucket;
  readonly alerts: Table;
  readonly stateMachineArn: string;
  /** To read and write the alerts table, and to start and wake escalations. */
  readonly permissions: readonly Permission[];
  readonly undelivered: Queue;
}

/**
 * What the system tries by itself. One IoT rule is the door: agents answer on `bci/<thing>/healing`, the functions that
 * route alerts offer on `alerting/<sender>/healing`, operators decide on `operators/<name>/healing`. An agent's policy
 * lets it speak on the first, below its own name, and on no other.
 */
export class Healing extends Construct {
  readonly fn: MonitorFunction<HealEnv>;
  readonly ruleName: string;
  /** Where the functions that route alerts offer them. */
  readonly offersTopic: string;

  constructor(scope: Construct, id: string, props: HealingProps) {
    super(scope, id);
    const { environment, archive, undelivered } = props;
    const { healingRule } = namesOf(environment.name);
    this.ruleName = healingRule;
    this.offersTopic = `$aws/rules/${healingRule}/alerting`;
    this.fn = this.#function(props);
    // What is not heard of is looked at by the next tick.
    giveUpTo(this.fn.lambda, { queue: undelivered, retries: 2, within: Duration.minutes(5) });
    new MinuteSchedule(this, 'EveryMinute', { target: this.fn.lambda, undelivered });
    const rule = new TopicRule(this, 'Rule', {
      ruleName: healingRule,
      description: 'What agents, the alert path and operators tell healing; the topic says who speaks.',
      sql: "SELECT *, topic(1) AS origin, topic(2) AS thing FROM '+/+/healing'",
      action: { lambda: { functionArn: this.fn.lambda.functionArn } },
      archive,
    });
    const permission = new CfnPermission(this, 'RulePermission', {
      action: 'lambda:InvokeFunction',
      functionName: this.fn.lambda.functionArn,
      principal: 'iot.amazonaws.com',
      sourceAccount: Stack.of(this).account,
      sourceArn: Stack.of(this).formatArn({ service: 'iot', resource: 'rule', resourceName: healingRule }),
    });
    rule.node.addDependency(permission);
  }

  /** What a function needs to offer alerts. */
  mayOffer(): Permission {
    const resourceName = `${this.offersTopic}/*`;
    const topic = Stack.of(this).formatArn({ service: 'iot', resource: 'topic', resourceName });
    return allow(['iot:Publish'], [topic], 'it offers the alerts of every sender');
  }

  #function({ environment, functionsDir, rulesDirectory, archive, ...props }: HealingProps): MonitorFunction<HealEnv> {
    const { topicPrefix, metricsRule } = namesOf(environment.name);
    const metricsTopic = `$aws/rules/${metricsRule}`;
    const topic = (resourceName: string) =>
      Stack.of(this).formatArn({ service: 'iot', resource: 'topic', resourceName });
    return new MonitorFunction<HealEnv>(this, 'Heal', {
      name: 'heal',
      description: 'Tries what it safely can about an alert, sees whether it helped, and stops when it does not',
      environment,
      functionsDir,
      timeoutSeconds: 60,
      memoryMb: 512,
      variables: {
        ALERTS_TABLE: props.alerts.tableName,
        STATE_MACHINE_ARN: props.stateMachineArn,
        RULES_DIRECTORY: rulesDirectory,
        COMMAND_TOPIC_PREFIX: topicPrefix,
        METRICS_RULE_TOPIC: metricsTopic,
        ARCHIVE_BUCKET: archive.bucket.bucketName,
        KPI_NAMESPACE,
        ENVIRONMENT: environment.name,
      },
      permissions: [
        ...props.permissions,
        allow(['iot:Publish'], [topic(`${topicPrefix}/*/commands`)], 'any thing may need to be healed'),
        allow(['iot:Publish'], [topic(`${metricsTopic}/bci/*`)], 'it hands over again what any thing has sent'),
        allow(
          ['s3:GetObject', 's3:DeleteObject'],
          // The bucket is of another stack: `exportValue` names it as the template will.
          [`${Stack.of(archive).exportValue(archive.bucket.bucketArn)}/${ARCHIVE_PREFIX.parked}*`],
          'which messages are parked is known only when they are',
        ),
        allow(['s3:ListBucket'], [archive.bucket.bucketArn]),
      ],
    });
  }
}
