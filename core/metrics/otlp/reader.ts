import protobuf from 'protobufjs/minimal.js';
import { TWO_32, toNumber } from './int64.ts';

/** Slots for texts; a power of two. A message holds some dozens of different names and label values. */
const SLOTS = 256;
/** Longer texts do not repeat. */
const LONGEST_KEPT = 64;

interface KeptText {
  readonly start: number;
  readonly length: number;
  readonly text: string;
}

/**
 * protobufjs' reader for messages that say the same texts again and again, and small numbers in 64 bits: a text that was
 * read before is found by its bytes, and numbers are made without intermediate objects.
 */
export class OtlpReader extends protobuf.Reader {
  private readonly kept: (KeptText | undefined)[] = Array.from({ length: SLOTS });

  /** Where the message ends whose length comes next. */
  end(): number {
    return this.uint32() + this.pos;
  }

  override string(): string {
    const length = this.uint32();
    const start = this.pos;
    const end = start + length;
    if (end > this.len) throw new RangeError(`a text ends at byte ${end} of ${this.len}`);
    this.pos = end;
    if (length > LONGEST_KEPT) return protobuf.util.utf8.read(this.buf, start, end);
    const slot = this.hash(start, end) & (SLOTS - 1);
    const kept = this.kept[slot];
    if (kept !== undefined && kept.length === length && this.isSame(kept.start, start, length)) return kept.text;
    const text = protobuf.util.utf8.read(this.buf, start, end);
    this.kept[slot] = { start, length, text };
    return text;
  }

  /** `fixed64` as a number, exact up to 2^53. */
  fixed64Number(): number {
    const low = this.fixed32();
    return this.fixed32() * TWO_32 + low;
  }

  /** `sfixed64` as a number, exact up to 2^53 either way. */
  sfixed64Number(): number {
    const low = this.fixed32();
    return this.sfixed32() * TWO_32 + low;
  }

  /** `uint64` as a number, exact up to 2^53. */
  uint64Number(): number {
    const byte = this.buf[this.pos];
    if (byte === undefined || byte > 127) return toNumber(this.uint64());
    this.pos += 1;
    return byte;
  }

  private hash(start: number, end: number): number {
    let hash = 0;
    for (let i = start; i < end; i += 1) hash = (Math.imul(hash, 31) + this.buf[i]!) | 0;
    return hash ^ (hash >>> 16);
  }

  private isSame(a: number, b: number, length: number): boolean {
    const { buf } = this;
    for (let i = 0; i < length; i += 1) if (buf[a + i] !== buf[b + i]) return false;
    return true;
  }
}
