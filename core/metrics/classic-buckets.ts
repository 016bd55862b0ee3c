import { bucketUpperBound } from './exponential-histogram.ts';
import type { ExponentialHistogram } from './model.ts';

/**
 * The classic view of an exponential histogram: how many observations are at most each boundary, as Prometheus' `le`
 * buckets count. A boundary within a bucket is interpolated on the bucket's logarithmic axis, and the known extremes
 * bound the result, so the counts are monotone, exact at `+Inf`, and off by at most one bucket's count in between.
 *
 * `boundaries` ascend, without `+Inf`; the result has one more count than they are, the last one that of `+Inf`.
 * Example: 1000 observations spread evenly over (1, 2] and boundaries [1, 2, 4] give [0, 1000, 1000, 1000].
 */
export function classicCounts(histogram: ExponentialHistogram, boundaries: readonly number[]): number[] {
  const { positive, negative, scale, zeroCount, zeroThreshold, count, min, max } = histogram;
  const counts: number[] = [];
  let below = 0;
  for (const boundary of boundaries) {
    let atMost = 0;
    if (max !== undefined && boundary >= max) atMost = count;
    else if (min === undefined || boundary >= min) {
      negative.counts.forEach((n, i) => {
        const upper = -lowerBound(negative.offset + i, scale);
        const lower = -bucketUpperBound(negative.offset + i, scale);
        atMost += n * (boundary >= upper ? 1 : boundary <= lower ? 0 : 1 - share(-boundary, -upper, -lower));
      });
      if (boundary >= zeroThreshold || boundary >= 0) atMost += zeroCount;
      for (let i = 0; i < positive.counts.length; i += 1) {
        const lower = lowerBound(positive.offset + i, scale);
        if (boundary <= lower) break;
        const upper = bucketUpperBound(positive.offset + i, scale);
        atMost += (positive.counts[i] ?? 0) * (boundary >= upper ? 1 : share(boundary, lower, upper));
      }
    }
    below = Math.min(count, Math.max(below, atMost));
    counts.push(below);
  }
  counts.push(count);
  return counts;
}

function lowerBound(index: number, scale: number): number {
  return bucketUpperBound(index - 1, scale);
}

/** How far a magnitude is into `(lower, upper]` on a logarithmic axis, 0 to 1. */
function share(magnitude: number, lower: number, upper: number): number {
  return Math.log2(magnitude / lower) / Math.log2(upper / lower);
}
