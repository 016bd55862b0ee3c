import { countsWentDown } from './histograms.ts';
import type { NativeHistogram, Series } from './series.ts';

/** The series with hints on resets found by comparing its histograms, where it has none. */
export function withDetectedResets(series: Series): Series {
  if (!series.samples.some(({ histogram }) => histogram !== undefined)) return series;
  let previous: NativeHistogram | undefined;
  const samples = series.samples.map((sample) => {
    const { histogram } = sample;
    const before = previous;
    previous = histogram;
    if (!histogram || !before || histogram.resetHint !== undefined) return sample;
    const resetHint = countsWentDown(before, histogram) ? ('reset' as const) : ('not-reset' as const);
    return { ...sample, histogram: { ...histogram, resetHint } };
  });
  return { labels: series.labels, samples };
}

/** What the hint says holds between neighbours of the original series only: not between those a subquery picks. */
export function withoutResetHint(histogram: NativeHistogram): NativeHistogram {
  if (histogram.resetHint === undefined || histogram.resetHint === 'gauge') return histogram;
  const { resetHint: _hint, ...rest } = histogram;
  return rest;
}
