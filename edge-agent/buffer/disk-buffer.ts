import { mkdir, open } from 'node:fs/promises';
import { type Acknowledgement, encodeRecord, type Header, type MessageHeader, payloadOffset } from './record.ts';
import { deleteSegment, listSegments, type ReadSegment, readSegment, SegmentWriter, segmentFile } from './segment.ts';

export interface DiskBufferOptions {
  /** Made when it does not exist. One agent per directory. */
  readonly directory: string;
  /** Most bytes on disk; the oldest messages give way. */
  readonly maxBytes: number;
  /** Size at which the next file is begun; an eighth of `maxBytes` at most. 1 MB by default. */
  readonly segmentBytes?: number;
  /**
   * Whether each record is on the disk before `append` resolves (power may fail at any time), or only with the
   * operating system (the process may be killed at any time). True by default.
   */
  readonly sync?: boolean;
}

/** A message that awaits the acknowledgement of the store. */
export interface BufferedMessage extends MessageHeader {
  readonly bytes: number;
}

/**
 * What became of the recorded points, since the directory was made:
 * `recorded = acknowledged + buffered + dropped + damaged`.
 */
export interface Ledger {
  readonly recorded: number;
  readonly acknowledged: number;
  readonly buffered: number;
  /** Lost because the buffer was full: the oldest. */
  readonly dropped: number;
  /** Lost to a damaged file. */
  readonly damaged: number;
}

interface Stored extends BufferedMessage {
  readonly segment: number;
  readonly payloadAt: number;
}

interface Segment {
  readonly number: number;
  bytes: number;
  /** Messages in it that await their acknowledgement. */
  waiting: number;
}

const DEFAULT_SEGMENT_BYTES = 1024 * 1024;

const keyOf = (boot: string, seq: number): string => `${boot}/${seq}`;

/**
 * Messages on disk until the store has acknowledged them. Append-only files with a checksum per record; acknowledgements
 * are records too; a file is deleted when it and all older ones hold nothing that is still waited for. So at any moment
 * a kill leaves at most one torn record, at an end, of a message nobody was told is buffered.
 *
 * Calls take effect in the order in which they are made.
 */
export class DiskBuffer {
  private readonly options: Required<DiskBufferOptions>;
  private readonly messages = new Map<string, Stored>();
  private readonly segments: Segment[] = [];
  private recorded = 0;
  private acknowledged = 0;
  private dropped = 0;
  private damaged = 0;
  private writer: SegmentWriter | undefined;
  private nextSegment = 1;
  private queue: Promise<unknown> = Promise.resolve();
  private closed = false;

  private constructor(options: Required<DiskBufferOptions>) {
    this.options = options;
  }

  /** Rejects when the directory cannot be used; never because of what a crash left in it. */
  static async open(options: DiskBufferOptions): Promise<DiskBuffer> {
    const segmentBytes = Math.min(options.segmentBytes ?? DEFAULT_SEGMENT_BYTES, Math.floor(options.maxBytes / 8));
    const buffer = new DiskBuffer({ sync: true, ...options, segmentBytes });
    await mkdir(options.directory, { recursive: true });
    await buffer.restore();
    return buffer;
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** Oldest first. */
  waiting(): readonly BufferedMessage[] {
    return [...this.messages.values()];
  }

  ledger(): Ledger {
    const { recorded, acknowledged, dropped, damaged } = this;
    return { recorded, acknowledged, buffered: sumOfPoints(this.messages.values()), dropped, damaged };
  }

  /** Resolves when the message is safe. Rejects when the disk takes no more, or after `close`; then nothing was recorded. */
  append(message: Omit<MessageHeader, 'type'>, payload: Uint8Array): Promise<void> {
    return this.inOrder(async () => {
      if (this.closed) throw new Error(`${this.options.directory}: the buffer is closed.`);
      const header: MessageHeader = { type: 'message', ...message };
      const record = encodeRecord(header, payload);
      const { segment, at } = await this.writeMessage(record);
      segment.waiting += 1;
      this.recorded += message.points;
      this.messages.set(keyOf(message.boot, message.seq), {
        ...header,
        bytes: payload.length,
        segment: segment.number,
        payloadAt: at + payloadOffset(header),
      });
    });
  }

  /** The payload of a waiting message; undefined when it no longer waits. */
  read(message: { readonly boot: string; readonly seq: number }): Promise<Uint8Array | undefined> {
    return this.inOrder(async () => {
      const stored = this.messages.get(keyOf(message.boot, message.seq));
      if (!stored || this.closed) return undefined;
      const file = await open(segmentFile(this.options.directory, stored.segment), 'r');
      try {
        const payload = new Uint8Array(stored.bytes);
        await file.read(payload, 0, stored.bytes, stored.payloadAt);
        return payload;
      } finally {
        await file.close();
      }
    });
  }

  /** Lets go of what the store has. Returns the messages that waited for exactly this; none once it is closed. */
  acknowledge({ boot, ranges }: Acknowledgement): Promise<readonly BufferedMessage[]> {
    return this.inOrder(async () => {
      if (this.closed) return [];
      const done = this.matching(boot, ranges);
      if (done.length === 0) return [];
      // A disk that takes no more is freed by letting go all the same; after a restart these would be sent once more.
      const points = sumOfPoints(done);
      await this.write(encodeRecord({ type: 'acknowledgement', boot, ranges, points })).catch(() => undefined);
      this.settle(done, points);
      await this.deleteSettled();
      return done;
    });
  }

  async close(): Promise<void> {
    await this.inOrder(async () => {
      this.closed = true;
      await this.writer?.close();
      this.writer = undefined;
    });
  }

  private inOrder<T>(task: () => Promise<T>): Promise<T> {
    const result = this.queue.then(task);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async restore(): Promise<void> {
    const { directory } = this.options;
    const numbers = await listSegments(directory);
    const files = await Promise.all(numbers.map((number) => readSegment(directory, number)));
    this.nextSegment = (numbers.at(-1) ?? 0) + 1;
    const headers = files.flatMap((file) => file.records.map(({ header }) => header));
    const givenUp = headers.reduce((first, h) => (h.type === 'totals' ? Math.max(first, h.firstSegment) : first), 0);
    for (const file of files) {
      if (file.number < givenUp) await deleteSegment(directory, file.number);
      else this.replay(file);
    }
    this.damaged = Math.max(0, this.recorded - this.acknowledged - this.dropped - sumOfPoints(this.messages.values()));
    await this.deleteSettled();
  }

  private replay(file: ReadSegment): void {
    const segment: Segment = { number: file.number, bytes: file.bytes, waiting: 0 };
    this.segments.push(segment);
    for (const { header, payloadAt, payloadBytes } of file.records) {
      if (header.type === 'totals') this.adopt(header);
      else if (header.type === 'acknowledgement') {
        this.settle(this.matching(header.boot, header.ranges), header.points);
      } else {
        this.recorded += header.points;
        segment.waiting += 1;
        const stored = { ...header, bytes: payloadBytes, segment: segment.number, payloadAt };
        this.messages.set(keyOf(header.boot, header.seq), stored);
      }
    }
  }

  private adopt(totals: Extract<Header, { type: 'totals' }>): void {
    this.recorded = totals.recorded;
    this.acknowledged = totals.acknowledged;
    this.dropped = totals.dropped;
  }

  private matching(boot: string, ranges: Acknowledgement['ranges']): Stored[] {
    return [...this.messages.values()].filter(
      (message) => message.boot === boot && ranges.some(([from, to]) => from <= message.seq && message.seq <= to),
    );
  }

  private settle(messages: readonly Stored[], points: number): void {
    this.acknowledged += points;
    for (const message of messages) {
      this.messages.delete(keyOf(message.boot, message.seq));
      const segment = this.segments.find(({ number }) => number === message.segment);
      if (segment) segment.waiting -= 1;
    }
  }

  /**
   * Deletes from the oldest on, so that an acknowledgement is never deleted before the message it is about. The last
   * file stays: it holds the ledger.
   */
  private async deleteSettled(): Promise<void> {
    while (this.segments.length > 1 && this.segments[0]?.waiting === 0) {
      await deleteSegment(this.options.directory, this.segments.shift()!.number);
    }
  }

  private async writeMessage(record: Buffer): Promise<{ segment: Segment; at: number }> {
    const { maxBytes } = this.options;
    await this.giveUpOldest(() => this.bytes + record.length > maxBytes);
    try {
      return await this.write(record);
    } catch (error) {
      // Perhaps the disk is full because of others: the newest measurements are worth more than the oldest.
      const before = this.segments.length;
      await this.giveUpOldest(() => this.segments.length >= before);
      if (this.segments.length >= before) throw error;
      return this.write(record);
    }
  }

  /** Deletes the oldest files while it is `needed`. The ledger on disk learns of it before they are deleted. */
  private async giveUpOldest(needed: () => boolean): Promise<void> {
    if (!needed()) return;
    const oldest: number[] = [];
    while (needed() && this.segments.length > 1) {
      const { number } = this.segments.shift()!;
      oldest.push(number);
      for (const message of this.messages.values()) {
        if (message.segment !== number) continue;
        this.messages.delete(keyOf(message.boot, message.seq));
        this.dropped += message.points;
      }
    }
    if (oldest.length === 0) return;
    await this.write(this.totals()).catch(() => undefined);
    for (const number of oldest) await deleteSegment(this.options.directory, number);
  }

  private async write(record: Buffer): Promise<{ segment: Segment; at: number }> {
    if (!this.writer || this.writer.bytes + record.length > this.options.segmentBytes) await this.roll();
    const [writer, segment] = [this.writer, this.segments.at(-1)];
    if (!writer || !segment) throw new Error(`${this.options.directory}: no file to write to.`);
    try {
      const at = await writer.append(record);
      segment.bytes = writer.bytes;
      return { segment, at };
    } catch (error) {
      // The record may be there in part. What is written behind it would be lost with it, so a new file is begun.
      this.writer = undefined;
      await writer.close().catch(() => undefined);
      throw error;
    }
  }

  private async roll(): Promise<void> {
    await this.writer?.close();
    this.writer = undefined;
    const writer = await SegmentWriter.create(this.options.directory, this.nextSegment, this.options.sync);
    this.nextSegment += 1;
    this.segments.push({ number: writer.number, bytes: 0, waiting: 0 });
    await writer.append(this.totals());
    this.writer = writer;
    this.segments.at(-1)!.bytes = writer.bytes;
  }

  private totals(): Buffer {
    const { recorded, acknowledged, dropped } = this;
    const firstSegment = this.segments[0]?.number ?? this.nextSegment;
    return encodeRecord({ type: 'totals', recorded, acknowledged, dropped, firstSegment });
  }
}

function sumOfPoints(messages: Iterable<BufferedMessage>): number {
  let points = 0;
  for (const message of messages) points += message.points;
  return points;
}
