import { downscale } from '../metrics/exponential-histogram.ts';
import type { Buckets } from '../metrics/model.ts';
import { isCustom, mergeBounds, rebound } from './histogram-custom.ts';
import { widenZeroBucket } from './histogram-zero.ts';
import type { NativeHistogram } from './series.ts';

/** Arithmetic of native histograms, with the meaning Prometheus gives it (its `histogram.FloatHistogram`). */

/** Why two histograms were combined with care, or could not be. */
export interface Combined {
  readonly histogram: NativeHistogram | undefined;
  /** `incompatible`: exponential and custom buckets do not mix; there is no result. */
  readonly problem?: 'incompatible' | 'reset-collision';
  /** Custom buckets with different boundaries were brought to the boundaries they share. */
  readonly reconciled?: boolean;
}

export function scaleBy(histogram: NativeHistogram, factor: number): NativeHistogram {
  return mapCounts(histogram, (count) => count * factor, factor < 0);
}

export function divideBy(histogram: NativeHistogram, divisor: number): NativeHistogram {
  const divided = mapCounts(histogram, (count) => count / divisor, divisor < 0);
  // Nothing sensible is known of the single buckets: only of the whole, as Prometheus has it.
  return divisor === 0 ? { ...divided, positive: NO_BUCKETS, negative: NO_BUCKETS } : divided;
}

const NO_BUCKETS: Buckets = { offset: 0, counts: [] };

function mapCounts(
  histogram: NativeHistogram,
  change: (count: number) => number,
  makesGauge: boolean,
): NativeHistogram {
  const map = (buckets: Buckets): Buckets => ({ offset: buckets.offset, counts: buckets.counts.map(change) });
  const { min: _min, max: _max, ...rest } = histogram;
  return {
    ...rest,
    count: change(histogram.count),
    sum: change(histogram.sum),
    zeroCount: change(histogram.zeroCount),
    positive: map(histogram.positive),
    negative: map(histogram.negative),
    ...(makesGauge ? { resetHint: 'gauge' as const } : {}),
  };
}

export function addHistograms(a: NativeHistogram, b: NativeHistogram): Combined {
  return combine(a, b, 1);
}

/** The difference is a gauge: it can go down. */
export function subtractHistograms(a: NativeHistogram, b: NativeHistogram): Combined {
  const combined = combine(a, b, -1);
  return combined.histogram ? { ...combined, histogram: { ...combined.histogram, resetHint: 'gauge' } } : combined;
}

function combine(a: NativeHistogram, b: NativeHistogram, sign: 1 | -1): Combined {
  const pair = reconcile(a, b);
  if (!pair) return { histogram: undefined, problem: 'incompatible' };
  const [left, right] = pair.histograms;
  const { min: _min, max: _max, resetHint: _hint, ...rest } = left;
  const hint = combinedHint(a.resetHint, b.resetHint);
  const histogram: NativeHistogram = {
    ...rest,
    count: left.count + sign * right.count,
    sum: left.sum + sign * right.sum,
    zeroCount: left.zeroCount + sign * right.zeroCount,
    positive: combineBuckets(left.positive, right.positive, sign),
    negative: combineBuckets(left.negative, right.negative, sign),
    ...(hint === undefined || hint === 'collision' ? {} : { resetHint: hint }),
  };
  return {
    histogram,
    ...(hint === 'collision' ? { problem: 'reset-collision' as const } : {}),
    ...(pair.reconciled ? { reconciled: true } : {}),
  };
}

type Hint = NativeHistogram['resetHint'];

/** Gauge wins over all, unknown over what is known of one of them; reset and not-reset contradict each other. */
function combinedHint(a: Hint, b: Hint): Hint | 'collision' {
  if (a === b) return a;
  if (a === 'gauge' || b === 'gauge') return 'gauge';
  return a === undefined || b === undefined ? undefined : 'collision';
}

function combineBuckets(a: Buckets, b: Buckets, sign: 1 | -1): Buckets {
  if (b.counts.length === 0) return a;
  const low = a.counts.length === 0 ? b.offset : Math.min(a.offset, b.offset);
  const high = Math.max(a.counts.length === 0 ? low : a.offset + a.counts.length, b.offset + b.counts.length);
  const counts = Array.from<number>({ length: high - low }).fill(0);
  for (let i = 0; i < a.counts.length; i += 1) counts[a.offset - low + i] = a.counts[i] ?? 0;
  for (let i = 0; i < b.counts.length; i += 1) {
    const slot = b.offset - low + i;
    counts[slot] = (counts[slot] ?? 0) + sign * (b.counts[i] ?? 0);
  }
  return { offset: low, counts };
}

/**
 * Both in the same buckets: the coarser resolution, the wider zero bucket, the shared custom boundaries. Undefined when
 * one is exponential and the other has custom buckets.
 */
function reconcile(
  a: NativeHistogram,
  b: NativeHistogram,
): { histograms: readonly [NativeHistogram, NativeHistogram]; reconciled: boolean } | undefined {
  if (isCustom(a) !== isCustom(b)) return undefined;
  if (isCustom(a) && isCustom(b)) {
    const bounds = mergeBounds(a.customBounds, b.customBounds);
    if (bounds === a.customBounds) return { histograms: [a, b], reconciled: false };
    return { histograms: [rebound(a, bounds), rebound(b, bounds)], reconciled: true };
  }
  let [left, right] = [a, b];
  while (left.zeroThreshold !== right.zeroThreshold) {
    if (left.zeroThreshold < right.zeroThreshold) left = widenZeroBucket(left, right.zeroThreshold);
    else right = widenZeroBucket(right, left.zeroThreshold);
  }
  const scale = Math.min(left.scale, right.scale);
  return { histograms: [atScale(left, scale), atScale(right, scale)], reconciled: false };
}

/** At a coarser scale; keeps what an exponential histogram does not have. */
function atScale(histogram: NativeHistogram, scale: number): NativeHistogram {
  return downscale(histogram, scale);
}

/** Empty buckets at both ends removed, so that equal histograms look equal. */
export function compact(histogram: NativeHistogram): NativeHistogram {
  return { ...histogram, positive: trimmed(histogram.positive), negative: trimmed(histogram.negative) };
}

function trimmed({ offset, counts }: Buckets): Buckets {
  let start = 0;
  let end = counts.length;
  while (start < end && counts[start] === 0) start += 1;
  while (end > start && counts[end - 1] === 0) end -= 1;
  if (start === 0 && end === counts.length) return start === end ? NO_BUCKETS : { offset, counts };
  return start === end ? NO_BUCKETS : { offset: offset + start, counts: counts.slice(start, end) };
}

/** Whether both hold the same: buckets, counts, sum (hints aside). */
export function equalHistograms(a: NativeHistogram, b: NativeHistogram): boolean {
  const [left, right] = [compact(a), compact(b)];
  return (
    left.count === right.count &&
    left.sum === right.sum &&
    left.zeroCount === right.zeroCount &&
    left.zeroThreshold === right.zeroThreshold &&
    (isCustom(left) ? isCustom(right) && equal(left.customBounds, right.customBounds) : left.scale === right.scale) &&
    equalBuckets(left.positive, right.positive) &&
    equalBuckets(left.negative, right.negative)
  );
}

function equalBuckets(a: Buckets, b: Buckets): boolean {
  return (a.counts.length === 0 || a.offset === b.offset) && equal(a.counts, b.counts);
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/**
 * Whether the counter was reset between `earlier` and `later`: any count went down, or the resolution or the zero
 * bucket changed in a way that only a new start explains.
 */
export function isReset(earlier: NativeHistogram, later: NativeHistogram): boolean {
  if (later.resetHint === 'reset') return true;
  if (later.resetHint === 'not-reset') return false;
  return countsWentDown(earlier, later);
}

/** The comparison itself, whatever the hint says. */
export function countsWentDown(earlier: NativeHistogram, later: NativeHistogram): boolean {
  if (later.count < earlier.count) return true;
  if (isCustom(earlier) !== isCustom(later)) return true;
  let before = earlier;
  let after = later;
  if (isCustom(earlier) && isCustom(later)) {
    const bounds = mergeBounds(earlier.customBounds, later.customBounds);
    if (bounds !== earlier.customBounds) [before, after] = [rebound(earlier, bounds), rebound(later, bounds)];
  } else {
    if (after.scale > before.scale || after.zeroThreshold < before.zeroThreshold) return true;
    if (after.zeroThreshold > before.zeroThreshold) {
      before = widenZeroBucket(before, after.zeroThreshold);
      // The zero bucket grew into the middle of a populated bucket: no growth of one series does that.
      if (before.zeroThreshold !== after.zeroThreshold) return true;
    }
    before = atScale(before, after.scale);
  }
  if (after.zeroCount < before.zeroCount) return true;
  return bucketsWentDown(before.positive, after.positive) || bucketsWentDown(before.negative, after.negative);
}

function bucketsWentDown(before: Buckets, after: Buckets): boolean {
  return before.counts.some((count, i) => count > (after.counts[before.offset + i - after.offset] ?? 0));
}
