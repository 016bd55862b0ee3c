/** 64-bit integers on the wire as pairs of 32-bit halves, so that nanoseconds stay exact beyond 2^53. */
export interface Int64Halves {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
}

export const TWO_32 = 2 ** 32;
const TWO_21 = 2 ** 21;
const TWO_11 = 2 ** 11;

/** Whole milliseconds since the epoch as nanoseconds. */
export function nanosFromMillis(millis: number): Int64Halves {
  // millis = high21 * 2^21 + low21: each product below stays under 2^53.
  const high21 = Math.floor(millis / TWO_21) * 1e6;
  const sum = (high21 % TWO_11) * TWO_21 + (millis % TWO_21) * 1e6;
  return {
    low: (sum % TWO_32) | 0,
    high: (Math.floor(high21 / TWO_11) + Math.floor(sum / TWO_32)) | 0,
    unsigned: true,
  };
}

/** Nanoseconds as milliseconds, rounded to the nearest. */
export function millisFromNanos(nanos: number): number {
  return Math.round(nanos / 1e6);
}

/** A 64-bit value as protobufjs gives it (a number, or halves where the `long` package is present). */
export function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  const { low, high, unsigned } = value as Int64Halves;
  return (unsigned ? high >>> 0 : high) * TWO_32 + (low >>> 0);
}

/** A non-negative count as halves. */
export function halvesFromCount(count: number): Int64Halves {
  return { low: (count % TWO_32) | 0, high: Math.floor(count / TWO_32) | 0, unsigned: true };
}
