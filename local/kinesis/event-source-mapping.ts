import { createHash, randomUUID } from 'node:crypto';
import { AwsError } from '../aws/service.ts';
import type { InvocationResult } from '../lambda/runtime-api.ts';
import type { Clock } from '../stepfunctions/clock.ts';
import { BatchQueue } from './batch-queue.ts';
import type { Stream, StreamRecord } from './stream.ts';

/** `AWS::Lambda::EventSourceMapping` of a stream. */
export interface MappingSettings {
  readonly functionArn: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  /** Batches of one shard that run at the same time; those of one partition key never do. */
  readonly parallelization: number;
  readonly bisectOnError: boolean;
  /** The function says which records failed, by `batchItemFailures`. */
  readonly reportsItemFailures: boolean;
  /** -1: until the record is too old. */
  readonly maxRetries: number;
  /** -1: never too old. */
  readonly maxAgeSeconds: number;
  readonly onFailureArn?: string;
}

export interface MappingPorts {
  readonly clock: Clock;
  readonly region: string;
  invoke(payload: string): Promise<InvocationResult>;
  /** Sends what is given up to a destination, as the function's role. */
  send(arn: string, body: string): Promise<void>;
  log(line: string): void;
}

/** Between attempts at the same batch: doubled each time. AWS backs off too, for longer, and does not say how. */
const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 2_000;

/** Reads a stream and invokes a function with batches of its records, in order, again and again until they are done. */
export class EventSourceMapping {
  readonly settings: MappingSettings;
  readonly #stream: Stream;
  readonly #ports: MappingPorts;
  readonly #lanes = new Map<string, BatchQueue>();
  readonly #stop = new AbortController();
  #busy = 0;
  #handled = 0;

  constructor(stream: Stream, settings: MappingSettings, ports: MappingPorts) {
    this.settings = settings;
    this.#stream = stream;
    this.#ports = ports;
  }

  start(): void {
    this.#stream.subscribe((record) => this.#lane(record).push(record));
  }

  stop(): void {
    this.#stop.abort(new Error('the twin was stopped'));
  }

  /** Records that the function took, or that were given up. */
  get handled(): number {
    return this.#handled;
  }

  /** Nothing waits and nothing runs. */
  get idle(): boolean {
    return this.#busy === 0 && [...this.#lanes.values()].every((lane) => lane.length === 0);
  }

  /** A lane is the unit of order: a shard, or the part of a shard that some of its keys make. */
  #lane({ shardId, partitionKey }: StreamRecord): BatchQueue {
    const { parallelization } = this.settings;
    const part =
      parallelization === 1 ? 0 : (createHash('md5').update(partitionKey).digest()[0] ?? 0) % parallelization;
    const key = `${shardId}/${part}`;
    let lane = this.#lanes.get(key);
    if (!lane) {
      lane = new BatchQueue();
      this.#lanes.set(key, lane);
      this.#run(lane).catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#ports.log(`the event source ${key} stopped: ${String(error)}`);
      });
    }
    return lane;
  }

  async #run(lane: BatchQueue): Promise<void> {
    const { batchSize, windowSeconds } = this.settings;
    const { clock } = this.#ports;
    while (!this.#stop.signal.aborted) {
      const batch = await lane.take(batchSize, windowSeconds * 1000, clock, this.#stop.signal);
      this.#busy += 1;
      try {
        await this.#handle(batch);
        this.#handled += batch.length;
      } finally {
        this.#busy -= 1;
      }
    }
  }

  /** Returns when every record of the batch was handled or given up. */
  async #handle(batch: readonly StreamRecord[]): Promise<void> {
    const { maxRetries, bisectOnError } = this.settings;
    let left = batch;
    for (let failures = 0; ; ) {
      left = await this.#withoutTooOld(left, failures);
      if (left.length === 0) return;
      const result = await this.#attempt(left);
      if (result === 'throttled') {
        await this.#backOff(failures);
        continue;
      }
      const failedFrom = this.#firstFailed(left, result);
      if (failedFrom === undefined) return;
      const isPartial = result.functionError === undefined;
      left = left.slice(failedFrom);
      failures += 1;
      if (maxRetries >= 0 && failures > maxRetries) {
        return this.#giveUp(left, 'RetryAttemptsExhausted', failures, result);
      }
      await this.#backOff(failures);
      // A partial failure has already said where the bad record is; halving finds it when only "failed" is known.
      if (bisectOnError && !isPartial && left.length > 1) {
        const middle = Math.ceil(left.length / 2);
        await this.#handle(left.slice(0, middle));
        return this.#handle(left.slice(middle));
      }
    }
  }

  async #attempt(batch: readonly StreamRecord[]): Promise<InvocationResult | 'throttled'> {
    try {
      return await this.#ports.invoke(JSON.stringify({ Records: batch.map((record) => this.#toEvent(record)) }));
    } catch (error) {
      if (error instanceof AwsError && error.name === 'TooManyRequestsException') return 'throttled';
      throw error;
    }
  }

  /** @returns index of the first record that must be handled again; undefined when all are done */
  #firstFailed(batch: readonly StreamRecord[], { payload, functionError }: InvocationResult): number | undefined {
    if (functionError) return 0;
    if (!this.settings.reportsItemFailures) return undefined;
    const answer = JSON.parse(payload) as { batchItemFailures?: { itemIdentifier?: string }[] | null } | null;
    const failures = answer?.batchItemFailures ?? [];
    if (failures.length === 0) return undefined;
    const indexes = failures.map(({ itemIdentifier }) =>
      batch.findIndex(({ sequenceNumber }) => sequenceNumber === itemIdentifier),
    );
    // An identifier that is none of the batch's makes the whole batch a failure: -1, the lowest.
    return Math.max(0, Math.min(...indexes));
  }

  async #withoutTooOld(batch: readonly StreamRecord[], failures: number): Promise<readonly StreamRecord[]> {
    const { maxAgeSeconds } = this.settings;
    if (maxAgeSeconds < 0) return batch;
    const oldestMs = this.#ports.clock.now() - maxAgeSeconds * 1000;
    const tooOld = batch.filter(({ arrivedMs }) => arrivedMs < oldestMs);
    if (tooOld.length > 0) await this.#giveUp(tooOld, 'RecordAgeExceeded', failures, undefined);
    return tooOld.length > 0 ? batch.filter(({ arrivedMs }) => arrivedMs >= oldestMs) : batch;
  }

  #backOff(failures: number): Promise<void> {
    const ms = Math.min(FIRST_BACKOFF_MS * 2 ** Math.max(0, failures - 1), MAX_BACKOFF_MS);
    return this.#ports.clock.sleep(ms, this.#stop.signal);
  }

  /** Names the records given up to the destination; the records themselves stay with the stream, as in AWS. */
  async #giveUp(
    batch: readonly StreamRecord[],
    condition: string,
    attempts: number,
    result: InvocationResult | undefined,
  ): Promise<void> {
    const { functionArn, onFailureArn } = this.settings;
    const [first, last] = [batch[0]!, batch[batch.length - 1]!];
    if (onFailureArn === undefined) {
      this.#ports.log(`${batch.length} records were given up after ${attempts} attempts (${condition})`);
      return;
    }
    const record = {
      requestContext: { requestId: randomUUID(), functionArn, condition, approximateInvokeCount: attempts },
      ...(result && {
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: result.functionError ?? null },
      }),
      version: '1.0',
      timestamp: new Date(this.#ports.clock.now()).toISOString(),
      KinesisBatchInfo: {
        shardId: first.shardId,
        startSequenceNumber: first.sequenceNumber,
        endSequenceNumber: last.sequenceNumber,
        approximateArrivalOfFirstRecord: new Date(first.arrivedMs).toISOString(),
        approximateArrivalOfLastRecord: new Date(last.arrivedMs).toISOString(),
        batchSize: batch.length,
        streamArn: this.#stream.arn,
      },
    };
    await this.#ports.send(onFailureArn, JSON.stringify(record));
  }

  #toEvent({ shardId, sequenceNumber, partitionKey, data, arrivedMs }: StreamRecord): unknown {
    return {
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey,
        sequenceNumber,
        data: data.toString('base64'),
        approximateArrivalTimestamp: arrivedMs / 1000,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `${shardId}:${sequenceNumber}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: this.settings.functionArn,
      awsRegion: this.#ports.region,
      eventSourceARN: this.#stream.arn,
    };
  }
}
