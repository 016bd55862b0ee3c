import { bucketIndex, bucketUpperBound } from '../metrics/exponential-histogram.ts';
import type { Buckets } from '../metrics/model.ts';
import type { NativeHistogram } from './series.ts';

/**
 * The same histogram with a zero bucket of at least `threshold`. Where that would cut through a populated bucket the
 * zero bucket takes the whole of it, and so becomes wider than asked.
 */
export function widenZeroBucket(histogram: NativeHistogram, threshold: number): NativeHistogram {
  if (threshold <= histogram.zeroThreshold) return histogram;
  let wide = threshold;
  for (;;) {
    const top = highestPopulated(histogram, wide);
    if (top === undefined || top <= wide) break;
    wide = top;
  }
  const cut = bucketIndex(wide, histogram.scale);
  const isWhole = bucketUpperBound(cut, histogram.scale) <= wide;
  const first = isWhole ? cut + 1 : cut;
  const [positive, swallowedPositive] = dropBelow(histogram.positive, first);
  const [negative, swallowedNegative] = dropBelow(histogram.negative, first);
  return {
    ...histogram,
    zeroThreshold: wide,
    zeroCount: histogram.zeroCount + swallowedPositive + swallowedNegative,
    positive,
    negative,
  };
}

/** Upper bound of the populated bucket that `threshold` falls into. */
function highestPopulated(histogram: NativeHistogram, threshold: number): number | undefined {
  const index = bucketIndex(threshold, histogram.scale);
  const populated = [histogram.positive, histogram.negative].some(
    ({ offset, counts }) => (counts[index - offset] ?? 0) !== 0,
  );
  return populated ? bucketUpperBound(index, histogram.scale) : undefined;
}

function dropBelow(buckets: Buckets, first: number): [kept: Buckets, swallowed: number] {
  const cut = Math.min(Math.max(first - buckets.offset, 0), buckets.counts.length);
  let swallowed = 0;
  for (let i = 0; i < cut; i += 1) swallowed += buckets.counts[i] ?? 0;
  return cut === 0 ? [buckets, 0] : [{ offset: buckets.offset + cut, counts: buckets.counts.slice(cut) }, swallowed];
}
