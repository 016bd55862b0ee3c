import { bucketUpperBound } from '../metrics/exponential-histogram.ts';
import { isCustom } from './histogram-custom.ts';
import type { NativeHistogram } from './series.ts';

/** One bucket with its boundaries: values in `(lower, upper]` (mirrored for negative ones). */
export interface BoundedBucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/** All buckets from the lowest values to the highest, the zero bucket among them when it is populated. */
export function boundedBuckets(histogram: NativeHistogram): BoundedBucket[] {
  const buckets: BoundedBucket[] = [];
  const { positive, negative, scale, zeroCount, zeroThreshold } = histogram;
  if (isCustom(histogram)) {
    const bounds = histogram.customBounds;
    positive.counts.forEach((count, i) => {
      const index = positive.offset + i;
      const lower = bounds[index - 1] ?? Number.NEGATIVE_INFINITY;
      const upper = bounds[index] ?? Number.POSITIVE_INFINITY;
      buckets.push({ lower, upper, count });
    });
    return buckets;
  }
  for (let i = negative.counts.length - 1; i >= 0; i -= 1) {
    const index = negative.offset + i;
    const lower = -bound(index, scale);
    buckets.push({ lower, upper: -bound(index - 1, scale), count: negative.counts[i] ?? 0 });
  }
  if (zeroCount !== 0) buckets.push({ lower: -zeroThreshold, upper: zeroThreshold, count: zeroCount });
  for (let i = 0; i < positive.counts.length; i += 1) {
    const index = positive.offset + i;
    buckets.push({ lower: bound(index - 1, scale), upper: bound(index, scale), count: positive.counts[i] ?? 0 });
  }
  return buckets;
}

/** The bucket that holds the largest finite numbers ends at the largest of them; only the one after it is infinite. */
function bound(index: number, scale: number): number {
  const exponent = (index + 1) * 2 ** -scale;
  return exponent === 1024 ? Number.MAX_VALUE : bucketUpperBound(index, scale);
}

/**
 * Where there are only positive (or only negative) buckets beside it, the zero bucket is taken to hold values of that
 * sign only.
 */
export function oneSidedZero(bucket: BoundedBucket, histogram: NativeHistogram): BoundedBucket {
  if (isCustom(histogram) || bucket.lower > 0 || bucket.upper < 0) return bucket;
  const hasPositive = histogram.positive.counts.length > 0;
  const hasNegative = histogram.negative.counts.length > 0;
  if (hasPositive && !hasNegative) return { ...bucket, lower: 0 };
  if (hasNegative && !hasPositive) return { ...bucket, upper: 0 };
  return bucket;
}
