import type { Buckets } from '../metrics/model.ts';
import { type BoundedBucket, boundedBuckets, oneSidedZero } from './histogram-buckets.ts';
import { isCustom } from './histogram-custom.ts';
import { shareBelow } from './histogram-quantile.ts';
import type { NativeHistogram } from './series.ts';

/** `histogram </ limit` keeps the observations up to the limit, `>/` those above; a bucket it cuts is interpolated. */
export function trimHistogram(histogram: NativeHistogram, op: '</' | '>/', limit: number): NativeHistogram {
  const keepsLower = op === '</';
  if (limit === (keepsLower ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY)) return histogram;
  let count = 0;
  let sum = 0;
  let changed = false;
  const keep = (raw: BoundedBucket): number => {
    const bucket = oneSidedZero(raw, histogram);
    const [kept, middle] = keptOf(bucket, limit, keepsLower, isCustom(histogram));
    count += kept;
    changed ||= kept !== raw.count;
    if (kept !== 0) sum += kept * middle;
    return kept;
  };
  const all = boundedBuckets(histogram);
  const isZero = ({ lower, upper }: BoundedBucket): boolean => !isCustom(histogram) && lower <= 0 && upper >= 0;
  const negative = all.filter((bucket) => !isCustom(histogram) && bucket.upper < 0).map(keep);
  const zero = all.filter(isZero).map(keep);
  const positive = all.filter((bucket) => isCustom(histogram) || bucket.lower > 0).map(keep);
  const { min: _min, max: _max, ...rest } = histogram;
  return {
    ...rest,
    count: changed ? count : histogram.count,
    sum: changed ? sum : histogram.sum,
    zeroCount: zero[0] ?? 0,
    positive: withCounts(histogram.positive, positive),
    negative: withCounts(histogram.negative, negative.reverse()),
  };
}

function withCounts({ offset }: Buckets, counts: readonly number[]): Buckets {
  return { offset, counts };
}

/** How much of a bucket stays, and the value its remaining observations are taken to have. */
function keptOf(
  bucket: BoundedBucket,
  limit: number,
  keepsLower: boolean,
  isLinear: boolean,
): [kept: number, middle: number] {
  const { count } = bucket;
  let { lower, upper } = bucket;
  if (isLinear && lower === Number.NEGATIVE_INFINITY) {
    // Open below: from 0 when the bound is positive, else all at the bound.
    if (upper === Number.POSITIVE_INFINITY) return [0, 0];
    if (upper <= 0) return keepsLower ? [count, Math.min(limit, upper)] : [0, 0];
    if (limit < 0) return [0, 0];
    lower = 0;
  }
  if (isLinear && upper === Number.POSITIVE_INFINITY) {
    return keepsLower || limit === upper ? [0, 0] : [count, Math.max(limit, lower)];
  }
  if (limit <= lower) return keepsLower ? [0, 0] : [count, middleOf(lower, upper, isLinear)];
  if (limit >= upper) return keepsLower ? [count, middleOf(lower, upper, isLinear)] : [0, 0];
  const below = shareBelow(limit, lower, upper, isLinear);
  if (keepsLower) upper = limit;
  else lower = limit;
  return [
    count * (keepsLower ? below : 1 - below),
    middleOf(lower, upper, isLinear || (bucket.lower <= 0 && bucket.upper >= 0)),
  ];
}

function middleOf(lower: number, upper: number, isLinear: boolean): number {
  if (isLinear || (lower <= 0 && upper >= 0)) return (lower + upper) / 2;
  return Math.sqrt(lower * upper) * Math.sign(upper);
}
