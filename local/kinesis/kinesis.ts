import { asNumber, asRecord, assertKnown, asText, nameOf } from '../aws/properties.ts';
import { arn, type Place, type Provisioners } from '../aws/service.ts';
import type { Iam } from '../iam/iam.ts';
import type { Lambda } from '../lambda/lambda.ts';
import type { Clock } from '../stepfunctions/clock.ts';
import { EventSourceMapping } from './event-source-mapping.ts';
import { Stream } from './stream.ts';

export interface KinesisOptions {
  readonly place: Place;
  readonly iam: Iam;
  readonly lambda: Lambda;
  readonly clock: Clock;
  readonly log: (source: string, line: string) => void;
  readonly send: (arn: string, body: string, roleArn: string) => Promise<void>;
}

/** Streams, and the mappings that feed them to functions. */
export interface Kinesis {
  readonly provisioners: Provisioners;
  /** @param id name or ARN @throws Error when there is none */
  stream(id: string): Stream;
  /** Starts reading, once every policy of the template is in force. @throws Error when a role may not read */
  start(): void;
  /** No record waits and none is being handled. */
  readonly idle: boolean;
  /** Records that functions took, or that were given up. */
  readonly handled: number;
  stop(): void;
}

/** On-demand streams start with four shards. */
const ON_DEMAND_SHARDS = 4;
/** What Lambda wants of a function's role before it reads a stream. */
const READ_ACTIONS = ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListShards', 'DescribeStreamSummary'];

export function createKinesis({ place, iam, lambda, clock, log, send }: KinesisOptions): Kinesis {
  const streams = new Map<string, Stream>();
  const mappings: EventSourceMapping[] = [];
  const checks: (() => void)[] = [];

  function stream(id: string): Stream {
    const name = id.startsWith('arn:') ? (id.split('/')[1] ?? '') : id;
    const found = streams.get(name);
    if (!found) throw new Error(`the stream ${id} does not exist`);
    return found;
  }

  const provisioners: Provisioners = {
    async 'AWS::Kinesis::Stream'(id, properties) {
      assertKnown(
        id,
        'AWS::Kinesis::Stream',
        properties,
        ['Name', 'ShardCount', 'StreamModeDetails'],
        ['RetentionPeriodHours', 'StreamEncryption', 'DesiredShardLevelMetrics'],
      );
      const name = nameOf(id, properties.Name);
      const isOnDemand = asRecord(properties.StreamModeDetails).StreamMode === 'ON_DEMAND';
      const shards = isOnDemand ? ON_DEMAND_SHARDS : asNumber(properties.ShardCount, 1);
      const streamArn = arn(place, 'kinesis', `stream/${name}`);
      streams.set(name, new Stream(name, streamArn, shards));
      return { ref: name, attributes: { Arn: streamArn } };
    },

    async 'AWS::Kinesis::StreamConsumer'(id, properties) {
      assertKnown(id, 'AWS::Kinesis::StreamConsumer', properties, ['StreamARN', 'ConsumerName']);
      const consumer = `${asText(properties.StreamARN)}/consumer/${asText(properties.ConsumerName)}:1`;
      return { ref: consumer, attributes: { ConsumerARN: consumer, StreamARN: asText(properties.StreamARN) } };
    },

    async 'AWS::Lambda::EventSourceMapping'(id, properties) {
      assertKnown(
        id,
        'AWS::Lambda::EventSourceMapping',
        properties,
        [
          'BatchSize',
          'BisectBatchOnFunctionError',
          'DestinationConfig',
          'Enabled',
          'EventSourceArn',
          'FunctionName',
          'FunctionResponseTypes',
          'MaximumBatchingWindowInSeconds',
          'MaximumRecordAgeInSeconds',
          'MaximumRetryAttempts',
          'ParallelizationFactor',
          'StartingPosition',
        ],
        ['MetricsConfig'],
      );
      const sourceArn = asText(properties.EventSourceArn);
      if (!sourceArn.includes(':kinesis:')) {
        throw new Error(`EventSourceArn is ${sourceArn}; the twin reads Kinesis streams`);
      }
      const source = stream(sourceArn);
      const { arn: functionArn, name, roleArn } = lambda.configuration(asText(properties.FunctionName));
      const onFailureArn = asText(asRecord(asRecord(properties.DestinationConfig).OnFailure).Destination);
      const types = properties.FunctionResponseTypes;
      const mapping = new EventSourceMapping(
        source,
        {
          functionArn,
          batchSize: asNumber(properties.BatchSize, 100),
          windowSeconds: asNumber(properties.MaximumBatchingWindowInSeconds, 0),
          parallelization: asNumber(properties.ParallelizationFactor, 1),
          bisectOnError: properties.BisectBatchOnFunctionError === true,
          reportsItemFailures: Array.isArray(types) && types.includes('ReportBatchItemFailures'),
          maxRetries: asNumber(properties.MaximumRetryAttempts, -1),
          maxAgeSeconds: asNumber(properties.MaximumRecordAgeInSeconds, -1),
          ...(onFailureArn && { onFailureArn }),
        },
        {
          clock,
          region: place.region,
          invoke: (payload) => lambda.invoke(name, payload),
          send: (destination, body) => send(destination, body, roleArn),
          log: (line) => log(name, line),
        },
      );
      if (properties.Enabled !== false) {
        mappings.push(mapping);
        checks.push(() => assertReadable(source, roleArn));
      }
      return { ref: `${id.stackName}-${id.logicalId}`, attributes: {} };
    },
  };

  function assertReadable({ arn: resource }: Stream, roleArn: string): void {
    const missing = READ_ACTIONS.filter((action) => iam.denied(roleArn, { action: `kinesis:${action}`, resource }));
    if (missing.length === 0) return;
    throw new Error(`Lambda cannot read ${resource}: its policies do not allow ${roleArn} ${missing.join(', ')}`);
  }

  return {
    provisioners,
    stream,
    start() {
      for (const check of checks) check();
      for (const mapping of mappings) mapping.start();
    },
    get handled() {
      return mappings.reduce((sum, mapping) => sum + mapping.handled, 0);
    },
    get idle() {
      return mappings.every((mapping) => mapping.idle);
    },
    stop() {
      for (const mapping of mappings) mapping.stop();
    },
  };
}
