import { createHash } from 'node:crypto';

export interface StreamRecord {
  readonly shardId: string;
  /** Decimal digits, ascending within the stream. */
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Buffer;
  /** Epoch milliseconds. */
  readonly arrivedMs: number;
}

/** The largest record of a stream, bytes: data and partition key. */
const MAX_RECORD = 10 * 1024 * 1024;
/** Sequence numbers are long and far from zero, so that nobody takes one for a JavaScript number. */
const FIRST_SEQUENCE = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898n;
const HASH_SPACE = 2n ** 128n;

/** A stream: puts each record into the shard of its key, and hands it to every consumer in the order it came. */
export class Stream {
  readonly name: string;
  readonly arn: string;
  readonly shards: number;
  readonly #consumers: ((record: StreamRecord) => void)[] = [];
  #next = FIRST_SEQUENCE;

  constructor(name: string, arn: string, shards: number) {
    this.name = name;
    this.arn = arn;
    this.shards = shards;
  }

  /**
   * Consumers come with the template, before the first record: nothing needs to be kept for one that comes later, and
   * the starting positions TRIM_HORIZON and LATEST mean the same.
   */
  subscribe(consumer: (record: StreamRecord) => void): void {
    this.#consumers.push(consumer);
  }

  /** @throws Error when the record is too large or has no key */
  put(partitionKey: string, data: Buffer, nowMs: number): StreamRecord {
    if (partitionKey === '' || partitionKey.length > 256) {
      throw new Error(`the partition key ${JSON.stringify(partitionKey)} must have 1 to 256 characters`);
    }
    const size = data.length + Buffer.byteLength(partitionKey);
    if (size > MAX_RECORD) throw new Error(`the record has ${size} bytes, at most ${MAX_RECORD} are allowed`);
    const sequenceNumber = String(this.#next);
    this.#next += 1n;
    const record = { shardId: this.#shardOf(partitionKey), sequenceNumber, partitionKey, data, arrivedMs: nowMs };
    for (const consumer of this.#consumers) consumer(record);
    return record;
  }

  /** Shards share the space of MD5 hashes in equal parts. */
  #shardOf(partitionKey: string): string {
    const hash = BigInt(`0x${createHash('md5').update(partitionKey).digest('hex')}`);
    const index = (hash * BigInt(this.shards)) / HASH_SPACE;
    return `shardId-${String(index).padStart(12, '0')}`;
  }
}
