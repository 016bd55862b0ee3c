import type { Buckets } from '../metrics/model.ts';
import type { NativeHistogram } from './series.ts';

/** Native histograms with custom bucket boundaries: what a classic histogram becomes without loss. */
export type CustomHistogram = NativeHistogram & { readonly customBounds: readonly number[] };

export function isCustom(histogram: NativeHistogram): histogram is CustomHistogram {
  return histogram.customBounds !== undefined;
}

/** The boundaries both have; the very array `a` when they are equal. */
export function mergeBounds(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a === b || (a.length === b.length && a.every((bound, i) => bound === b[i]))) return a;
  const other = new Set(b);
  return a.filter((bound) => other.has(bound));
}

/** The same histogram in fewer buckets: `bounds` is a subset of its own. */
export function rebound(histogram: CustomHistogram, bounds: readonly number[]): CustomHistogram {
  const counts = Array.from<number>({ length: bounds.length + 1 }).fill(0);
  const { offset, counts: old } = histogram.positive;
  let target = 0;
  for (let i = 0; i < old.length; i += 1) {
    const upper = histogram.customBounds[offset + i] ?? Number.POSITIVE_INFINITY;
    while (target < bounds.length && (bounds[target] as number) < upper) target += 1;
    counts[target] = (counts[target] ?? 0) + (old[i] ?? 0);
  }
  const positive: Buckets = { offset: 0, counts };
  return { ...histogram, customBounds: bounds, positive };
}
