import { boundedBuckets, oneSidedZero } from './histogram-buckets.ts';
import { isCustom } from './histogram-custom.ts';
import type { NativeHistogram } from './series.ts';

/**
 * The `q`-quantile of a native histogram: within a bucket the values are taken as evenly spread on a logarithmic axis,
 * in the zero bucket and in custom buckets on a linear one (Prometheus' `quantile.go`).
 */
export function histogramQuantile(q: number, histogram: NativeHistogram): number {
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  if (histogram.count === 0 || Number.isNaN(q)) return Number.NaN;
  // Counted from the nearer end, rounding errors are smaller. NaN observations are in no bucket: count from below.
  const fromBelow = Number.isNaN(histogram.sum) || q < 0.5;
  const buckets = boundedBuckets(histogram);
  if (!fromBelow) buckets.reverse();
  let rank = (fromBelow ? q : 1 - q) * histogram.count;
  let seen = 0;
  let found = buckets[0];
  for (const bucket of buckets) {
    if (bucket.count === 0) continue;
    found = bucket;
    seen += bucket.count;
    if (seen >= rank) break;
  }
  if (!found) return Number.NaN;
  let bucket = found.lower < 0 && found.upper > 0 ? oneSidedZero(found, histogram) : found;
  if (isCustom(histogram)) {
    if (bucket.lower === Number.NEGATIVE_INFINITY) {
      if (bucket.upper <= 0) return bucket.upper;
      bucket = { ...bucket, lower: 0 };
    } else if (bucket.upper === Number.POSITIVE_INFINITY) return bucket.lower;
  }
  seen = Math.min(seen, histogram.count);
  if (seen < rank) return Number.isNaN(histogram.sum) ? Number.NaN : bucket.upper;
  rank = fromBelow ? rank - (seen - bucket.count) : seen - rank;
  const fraction = rank / bucket.count;
  if (isCustom(histogram) || (bucket.lower <= 0 && bucket.upper >= 0)) {
    return bucket.lower + (bucket.upper - bucket.lower) * fraction;
  }
  const logLower = Math.log2(Math.abs(bucket.lower));
  const logUpper = Math.log2(Math.abs(bucket.upper));
  if (bucket.lower > 0) return 2 ** (logLower + (logUpper - logLower) * fraction);
  return -(2 ** (logUpper + (logLower - logUpper) * (1 - fraction)));
}

/** Share of the observations in `(lower, upper]`. */
export function histogramFraction(lower: number, upper: number, histogram: NativeHistogram): number {
  if (histogram.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  // NaN observations are in no bucket, so they are neither below nor above anything.
  const inBuckets = Number.isNaN(histogram.sum)
    ? boundedBuckets(histogram).reduce((sum, { count }) => sum + count, 0)
    : histogram.count;
  const rankOf = (limit: number, isLower: boolean): number =>
    Math.min(rankAt(limit, histogram, isLower) ?? inBuckets, inBuckets);
  return Math.max(0, rankOf(upper, false) - rankOf(lower, true)) / histogram.count;
}

/**
 * How many observations are at most `limit`; undefined: all. Of a bucket open below none is counted to the range: neither
 * end can cut it.
 */
function rankAt(limit: number, histogram: NativeHistogram, isLower: boolean): number | undefined {
  let rank = 0;
  for (const raw of boundedBuckets(histogram)) {
    let bucket = oneSidedZero(raw, histogram);
    // A first custom bucket reaches down to 0 where its upper bound is above: nothing else is known.
    if (bucket.lower === Number.NEGATIVE_INFINITY && bucket.upper > 0 && limit >= 0) bucket = { ...bucket, lower: 0 };
    if (bucket.lower >= limit) return rank;
    if (bucket.upper > limit) {
      if (bucket.lower === Number.NEGATIVE_INFINITY) return isLower ? rank + bucket.count : rank;
      if (bucket.upper === Number.POSITIVE_INFINITY) return rank;
      return rank + bucket.count * shareBelow(limit, bucket.lower, bucket.upper, isCustom(histogram));
    }
    rank += bucket.count;
  }
  return undefined;
}

/** Which share of a bucket's values is at most `limit`, 0 to 1. */
export function shareBelow(limit: number, lower: number, upper: number, isLinear: boolean): number {
  if (isLinear || (lower <= 0 && upper >= 0)) return (limit - lower) / (upper - lower);
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  const logLimit = Math.log2(Math.abs(limit));
  return limit > 0 ? (logLimit - logLower) / (logUpper - logLower) : 1 - (logLimit - logUpper) / (logLower - logUpper);
}

/** Variance of the observations, each taken to be at the middle of its bucket (on the bucket's own axis). */
export function histogramVariance(histogram: NativeHistogram): number {
  const mean = histogram.sum / histogram.count;
  let squares = 0;
  for (const { lower, upper, count } of boundedBuckets(histogram)) {
    if (count === 0) continue;
    const middle = isCustom(histogram)
      ? (lower + upper) / 2
      : lower <= 0 && upper >= 0
        ? 0
        : Math.sqrt(lower * upper) * Math.sign(upper);
    squares += count * (middle - mean) ** 2;
  }
  return squares / histogram.count;
}
