import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { HeartbeatEnv } from '../../lambdas/heartbeat/env.ts';
import type { WatchEnv } from '../../lambdas/watch/env.ts';
import { acknowledge } from '../constructs/acknowledged.ts';
import { giveUpTo } from '../constructs/async-invocation.ts';
import { MonitorFunction } from '../constructs/function.ts';
import { MinuteSchedule } from '../constructs/minute-schedule.ts';
import { OperationsTopic } from '../constructs/operations-topic.ts';
import { PathAlarms } from '../constructs/path-alarms.ts';
import { allow, type Permission } from '../constructs/permissions.ts';
import { deadLetterQueue } from '../constructs/queue.ts';
import { keyedTable } from '../constructs/table.ts';
import type { Environment } from '../environments.ts';
import { namesOf } from '../names.ts';

export interface WatcherStackProps extends StackProps {
  readonly environment: Environment;
  readonly functionsDir: string;
}

/**
 * Watches alerting from another region, and tells people over a topic of its own. Nothing of it refers to another stack:
 * what it watches may be gone. Heartbeats come signed to a function URL; a look a minute misses those that stop.
 */
export class WatcherStack extends Stack {
  constructor(scope: Construct, id: string, { environment, functionsDir, ...props }: WatcherStackProps) {
    super(scope, id, props);
    const table = keyedTable(this, 'Watch', environment);
    const secret = this.#secret(environment);
    const people = new OperationsTopic(this, 'People', {
      environment,
      displayName: 'NeuraScale Monitor: watcher',
      recipients: environment.watcherRecipients,
    });
    const state = allow(['dynamodb:GetItem', 'dynamodb:PutItem'], [table.tableArn]);
    const common = { environment, functionsDir, memoryMb: 256 };

    const heartbeat = new MonitorFunction<HeartbeatEnv>(this, 'Heartbeat', {
      ...common,
      name: 'heartbeat',
      description: 'Takes the signs of life that the way from rules to people sends through itself',
      timeoutSeconds: 10,
      variables: { WATCH_TABLE: table.tableName, WATCHER_SECRET: secret.secretArn, ENVIRONMENT: environment.name },
      permissions: [state, allow(['secretsmanager:GetSecretValue'], [secret.secretArn])],
    });
    const url = heartbeat.lambda.addFunctionUrl({
      // The sender has no credentials of this region: the signature of a heartbeat is the authorisation.
      authType: FunctionUrlAuthType.NONE,
    });

    const watch = this.#watch(common, table, people, state);
    const undelivered = deadLetterQueue(this, 'Undelivered');
    giveUpTo(watch.lambda, { queue: undelivered, retries: 0, within: Duration.minutes(1) });
    new MinuteSchedule(this, 'WatchEveryMinute', { target: watch.lambda, undelivered });

    // A watcher that fails is watched by CloudWatch alone: somewhere it must end.
    const alarms = new PathAlarms(this, 'Alarms');
    for (const fn of [heartbeat, watch]) alarms.watchFunction(fn);
    alarms.watchQueue('undelivered', undelivered, 'The watcher could not look.');
    alarms.expectEveryMinute(
      'watch-stopped',
      watch.lambda.metricInvocations({ period: Duration.minutes(1), statistic: Stats.SUM }),
      'The watcher does not look any more: nothing would tell that alerting is broken.',
    );
    alarms.notify(people.topic, `nsmon-${environment.name}-watcher`, 'The watcher of alerting is itself broken.');

    new CfnOutput(this, 'HeartbeatUrl', { value: url.url });
    new CfnOutput(this, 'WatcherSecretName', { value: namesOf(environment.name).watcherSecret });
  }

  #secret(environment: Environment): Secret {
    const secret = new Secret(this, 'Secret', {
      secretName: namesOf(environment.name).watcherSecret,
      description: 'Key that signs heartbeats; put it into the channels secret of the other region, too',
      generateSecretString: {
        secretStringTemplate: JSON.stringify({}),
        generateStringKey: 'signingKey',
        passwordLength: 64,
        excludePunctuation: true,
      },
      removalPolicy: environment.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(
      secret,
      'AwsSolutions-SMG4',
      'The key is in two regions: a rotation of one alone would silence the heartbeat and raise the alarm.',
    );
    return secret;
  }

  #watch(
    common: { readonly environment: Environment; readonly functionsDir: string; readonly memoryMb: number },
    table: Table,
    { topic, keyArn }: OperationsTopic,
    state: Permission,
  ): MonitorFunction<WatchEnv> {
    return new MonitorFunction<WatchEnv>(this, 'Look', {
      ...common,
      name: 'watch',
      description: 'Looks once a minute whether heartbeats come and the acknowledge page answers, and tells people',
      timeoutSeconds: 30,
      variables: {
        WATCH_TABLE: table.tableName,
        WATCH_TOPIC_ARN: topic.topicArn,
        SILENCE_SECONDS: String(common.environment.heartbeatSilenceSeconds),
        ENVIRONMENT: common.environment.name,
      },
      permissions: [
        state,
        allow(['sns:Publish'], [topic.topicArn]),
        allow(['kms:Decrypt', 'kms:GenerateDataKey'], [keyArn]),
      ],
    });
  }
}
