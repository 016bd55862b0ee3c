import type { Labels } from '../../metrics/model.ts';
import { countsWentDown } from '../histograms.ts';
import { keyOfAll } from '../labels.ts';
import { type Matcher, matches } from '../matchers.ts';
import type { NativeHistogram, Sample, Series, SeriesSource } from '../series.ts';
import type { NotedValue } from './series-notation.ts';

/** Series of a test. Samples may come in any order; the last one written for a time holds. */
export class TestStorage implements SeriesSource {
  private readonly byKey = new Map<string, { readonly labels: Labels; samples: Sample[] }>();

  clear(): void {
    this.byKey.clear();
  }

  /** Appends values at `startMs`, `startMs + stepMs`, ... */
  append(labels: Labels, values: readonly NotedValue[], startMs: number, stepMs: number): void {
    const key = keyOfAll(labels);
    const series = this.byKey.get(key) ?? { labels, samples: [] };
    this.byKey.set(key, series);
    const byTime = new Map(series.samples.map((sample) => [sample.timeMs, sample]));
    values.forEach((value, i) => {
      const timeMs = startMs + i * stepMs;
      if (value === 'missing') return;
      byTime.set(
        timeMs,
        value === 'stale'
          ? { timeMs, value: Number.NaN, stale: true }
          : typeof value === 'number'
            ? { timeMs, value }
            : { timeMs, value: Number.NaN, histogram: value },
      );
    });
    series.samples = withResetHints([...byTime.values()].sort((a, b) => a.timeMs - b.timeMs));
  }

  select(matchers: readonly Matcher[]): Series[] {
    return [...this.byKey.values()].filter(({ labels }) => matches(labels, matchers));
  }
}

/** As Prometheus' storage knows them: that the counter was not reset since the sample before, or nothing. */
function withResetHints(samples: readonly Sample[]): Sample[] {
  let previous: NativeHistogram | undefined;
  return samples.map((sample) => {
    const { histogram } = sample;
    const before = previous;
    previous = histogram;
    if (!histogram || !before || histogram.resetHint !== undefined) return sample;
    if (countsWentDown(before, histogram)) return sample;
    return { ...sample, histogram: { ...histogram, resetHint: 'not-reset' } };
  });
}
