import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { KinesisEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import type { IngestEnv } from '../../lambdas/ingest/env.ts';
import { ArchiveBucket } from '../constructs/archive-bucket.ts';
import { MonitorFunction } from '../constructs/function.ts';
import type { MetricStore } from '../constructs/metric-store.ts';
import { OperationsTopic } from '../constructs/operations-topic.ts';
import { PathAlarms } from '../constructs/path-alarms.ts';
import { allow, allowMetrics, grantTo } from '../constructs/permissions.ts';
import { deadLetterQueue } from '../constructs/queue.ts';
import { removalPolicyOf } from '../constructs/removal.ts';
import { keyedTable } from '../constructs/table.ts';
import { TopicRule } from '../constructs/topic-rule.ts';
import type { Environment } from '../environments.ts';
import { CLOUD_SERIES_FILE } from '../functions.ts';
import { KPI_NAMESPACE, namesOf } from '../names.ts';

export interface IngestStackProps extends StackProps {
  readonly environment: Environment;
  readonly functionsDir: string;
  readonly store: MetricStore;
}

/** The telemetry path: IoT rule -> Kinesis -> ingest -> metric store, archive, rule window; acknowledgement back. */
export class IngestStack extends Stack {
  readonly archive: ArchiveBucket;
  readonly operations: OperationsTopic;
  /** The latest values of the series that cloud rules select. */
  readonly ruleWindow: Table;

  constructor(scope: Construct, id: string, { environment, functionsDir, store, ...props }: IngestStackProps) {
    super(scope, id, props);
    this.archive = new ArchiveBucket(this, 'Archive', environment);
    this.operations = new OperationsTopic(this, 'Operations', {
      environment,
      displayName: 'NeuraScale Monitor: pipeline',
      recipients: environment.alarmRecipients,
    });
    this.ruleWindow = keyedTable(this, 'RuleWindow', environment);
    const stream = this.#stream(environment);
    const rule = this.#metricsRule(environment, stream);
    const ingest = this.#ingest(environment, functionsDir, store);

    const undelivered = deadLetterQueue(this, 'Undelivered');
    ingest.lambda.addEventSource(
      new KinesisEventSource(stream, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 200,
        // A shard is polled once a second anyway: waiting longer would only add to the age of what a dashboard shows.
        maxBatchingWindow: Duration.seconds(0),
        reportBatchItemFailures: true,
        bisectBatchOnError: true,
        // What an hour of retries does not store is let go, so that it does not stop the shard for its neighbours: the
        // agent still has it on disk, because nobody acknowledged it, and sends it again.
        retryAttempts: 100,
        maxRecordAge: Duration.hours(1),
        onFailure: new SqsDlq(undelivered),
      }),
    );

    const alarms = new PathAlarms(this, 'Alarms');
    alarms.watchFunction(ingest);
    alarms.watchRule('metrics-rule', rule.ruleName, 'Kinesis');
    alarms.watch('stream-throttles', {
      metric: stream.metricWriteProvisionedThroughputExceeded({ period: Duration.minutes(1), statistic: Stats.SUM }),
      description: 'The metric stream refuses messages: it needs more shards.',
    });
    alarms.watch('iterator-age', {
      metric: stream.metricGetRecordsIteratorAgeMilliseconds({ period: Duration.minutes(1), statistic: Stats.MAXIMUM }),
      threshold: 60_000,
      minutes: 3,
      description: 'ingest is a minute or more behind the stream.',
    });
    alarms.watchQueue('undelivered', undelivered, 'Batches were given up after an hour of retries.');
    alarms.watchCounter(
      'parked',
      'ingest',
      'RecordsParked',
      'Messages could not be read; they lie in the archive below parked/.',
    );
    alarms.notify(
      this.operations.topic,
      `nsmon-${environment.name}-telemetry-path`,
      'Telemetry is late, refused or parked: see which alarm of the path is raised.',
    );

    new CfnOutput(this, 'ArchiveBucketName', { value: this.archive.bucket.bucketName });
  }

  #stream({ streamShards, ...environment }: Environment): Stream {
    return new Stream(this, 'Metrics', {
      ...(streamShards === 'on-demand'
        ? { streamMode: StreamMode.ON_DEMAND }
        : { streamMode: StreamMode.PROVISIONED, shardCount: streamShards }),
      encryption: StreamEncryption.MANAGED,
      retentionPeriod: Duration.hours(24),
      removalPolicy: removalPolicyOf({ streamShards, ...environment }),
    });
  }

  #metricsRule(environment: Environment, stream: Stream): TopicRule {
    const role = new Role(this, 'MetricsRuleRole', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });
    grantTo(role, [allow(['kinesis:PutRecord'], [stream.streamArn])]);
    const rule = new TopicRule(this, 'MetricsRule', {
      ruleName: namesOf(environment.name).metricsRule,
      description:
        'Batches of metrics, as the agents compressed them, to the stream; the key is the thing that sent them.',
      sql: "SELECT * FROM 'bci/+/metrics'",
      action: {
        kinesis: {
          streamName: stream.streamName,
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a substitution template of IoT Core
          partitionKey: '${topic(2)}',
          roleArn: role.roleArn,
        },
      },
      archive: this.archive,
    });
    rule.node.addDependency(role);
    return rule;
  }

  #ingest(environment: Environment, functionsDir: string, store: MetricStore): MonitorFunction<IngestEnv> {
    const { topicPrefix } = namesOf(environment.name);
    return new MonitorFunction<IngestEnv>(this, 'Ingest', {
      name: 'ingest',
      description: 'Decodes, stamps and stores batches of metrics, and tells the thing what is stored',
      environment,
      functionsDir,
      timeoutSeconds: 60,
      memoryMb: 512,
      variables: {
        ...store.variables,
        ARCHIVE_BUCKET: this.archive.bucket.bucketName,
        RULE_WINDOW_TABLE: this.ruleWindow.tableName,
        CLOUD_SERIES_FILE,
        ACK_TOPIC_PREFIX: topicPrefix,
        ACK_INTERVAL_SECONDS: String(environment.ackIntervalSeconds),
        KPI_NAMESPACE,
        ENVIRONMENT: environment.name,
      },
      permissions: [
        ...store.writePermissions(),
        allow(
          ['s3:PutObject'],
          [this.archive.objects('archive'), this.archive.objects('parked')],
          'one object a message: only the prefixes are known before',
        ),
        allow(['dynamodb:BatchWriteItem'], [this.ruleWindow.tableArn]),
        allow(
          ['iot:Publish'],
          [this.formatArn({ service: 'iot', resource: 'topic', resourceName: `${topicPrefix}/*/ack` })],
          'it acknowledges to every thing',
        ),
        allow(
          ['iot:DescribeThing'],
          [this.formatArn({ service: 'iot', resource: 'thing', resourceName: '*' })],
          'it looks up the owner of every thing',
        ),
        allowMetrics(),
      ],
    });
  }
}
