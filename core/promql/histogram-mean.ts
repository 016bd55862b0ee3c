import { sumOf, tellCollision } from './accumulators.ts';
import type { Annotations } from './annotations.ts';
import { addHistograms, divideBy, scaleBy } from './histograms.ts';
import { combined } from './operands.ts';
import type { NativeHistogram } from './series.ts';

/** The mean of histograms: of the sum, or running where a count of the sum would overflow. */
export function meanOf(
  histograms: readonly NativeHistogram[],
  at: { readonly start: number },
  annotations: Annotations,
): NativeHistogram | undefined {
  const sum = sumOf(histograms, at, annotations);
  if (!sum || hasOnlyFinite(sum)) return sum && divideBy(sum, histograms.length);
  tellCollision(histograms, at, annotations);
  const n = histograms.length;
  let mean: NativeHistogram | undefined;
  for (const histogram of histograms) {
    const share = divideBy(histogram, n);
    mean = mean ? combined(addHistograms(mean, share), 'aggregation', at, annotations) : share;
    if (!mean) return undefined;
  }
  return mean && scaleBy(mean, 1);
}

function hasOnlyFinite({ count, sum, zeroCount, positive, negative }: NativeHistogram): boolean {
  return [count, sum, zeroCount, ...positive.counts, ...negative.counts].every(Number.isFinite);
}
