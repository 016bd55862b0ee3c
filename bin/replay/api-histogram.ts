import type { Buckets, ExponentialHistogram } from '../../core/metrics/model.ts';

/** A native histogram as Prometheus' HTTP API writes it: each bucket with its boundaries. */
export interface ApiHistogram {
  readonly count: string;
  readonly sum: string;
  /** Which boundaries belong to it, lower, upper, count. */
  readonly buckets?: readonly (readonly [rule: number, lower: string, upper: string, count: string])[];
}

interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/** The exponential histogram that it was: the boundaries tell resolution and indices. */
export function exponentialOf({ count, sum, buckets = [] }: ApiHistogram): ExponentialHistogram {
  const positive: Bucket[] = [];
  const negative: Bucket[] = [];
  let [zeroCount, zeroThreshold] = [0, 0];
  for (const [, low, high, number] of buckets) {
    const [lower, upper] = [Number(low), Number(high)];
    if (lower > 0) positive.push({ lower, upper, count: Number(number) });
    else if (upper < 0) negative.push({ lower: -upper, upper: -lower, count: Number(number) });
    else [zeroCount, zeroThreshold] = [Number(number), upper];
  }
  const [some] = [...positive, ...negative];
  const scale = some ? Math.round(-Math.log2(Math.log2(some.upper / some.lower))) : 0;
  return {
    scale,
    count: Number(count),
    sum: Number(sum),
    zeroCount,
    zeroThreshold,
    positive: side(positive, scale),
    negative: side(negative, scale),
  };
}

function side(buckets: readonly Bucket[], scale: number): Buckets {
  if (buckets.length === 0) return { offset: 0, counts: [] };
  const indices = buckets.map(({ lower }) => Math.round(Math.log2(lower) * 2 ** scale));
  const offset = Math.min(...indices);
  const counts = Array.from({ length: Math.max(...indices) - offset + 1 }, () => 0);
  buckets.forEach(({ count }, i) => {
    counts[(indices[i] ?? offset) - offset] = count;
  });
  return { offset, counts };
}
