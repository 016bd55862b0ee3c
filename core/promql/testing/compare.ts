import { compact } from '../histograms.ts';
import type { NativeHistogram } from '../series.ts';

const EPSILON = 1e-6;
const SMALLEST_NORMAL = 2 ** -1022;

/** Equal but for rounding: relative to the sum of both, as Prometheus' tests compare. */
export function almostEqual(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  if (a === b) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < SMALLEST_NORMAL) return difference < EPSILON * SMALLEST_NORMAL;
  return difference / Math.min(sum, Number.MAX_VALUE) < EPSILON;
}

/** Whether a histogram is the expected one; a hint is compared only when one is expected. */
export function equalsExpected(expected: NativeHistogram, got: NativeHistogram): boolean {
  const [a, b] = [compact(expected), compact(got)];
  return (
    (expected.resetHint === undefined || expected.resetHint === got.resetHint) &&
    almostEqual(a.count, b.count) &&
    almostEqual(a.sum, b.sum) &&
    almostEqual(a.zeroCount, b.zeroCount) &&
    a.zeroThreshold === b.zeroThreshold &&
    (a.customBounds === undefined ? a.scale === b.scale && b.customBounds === undefined : true) &&
    equalLists(a.customBounds ?? [], b.customBounds ?? []) &&
    equalBuckets(a.positive, b.positive) &&
    equalBuckets(a.negative, b.negative)
  );
}

function equalBuckets(a: NativeHistogram['positive'], b: NativeHistogram['positive']): boolean {
  return (a.counts.length === 0 || a.offset === b.offset) && equalLists(a.counts, b.counts);
}

function equalLists(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => almostEqual(value, b[i] as number));
}
