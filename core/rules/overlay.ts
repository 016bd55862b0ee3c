import { type Labels, seriesKey } from '../metrics/model.ts';
import { type Matcher, matches, metricNameOf } from '../promql/matchers.ts';
import type { Sample, Series, SeriesSource } from '../promql/series.ts';
import type { RecordedSample } from './group.ts';

/** A source as if `recorded` were written to it already; the list may grow while rules are evaluated. */
export function overlay(source: SeriesSource, recorded: readonly RecordedSample[]): SeriesSource {
  return {
    select(matchers: readonly Matcher[], fromMs: number, toMs: number): Iterable<Series> {
      const wanted = metricNameOf(matchers);
      // The name first: most of what a group has recorded before is another metric, `ALERTS` above all.
      const own = recorded.filter(
        ({ name, labels, timeMs }) =>
          (wanted === undefined || wanted === name) &&
          timeMs > fromMs &&
          timeMs <= toMs &&
          matches({ ...labels, __name__: name }, matchers),
      );
      const found = source.select(matchers, fromMs, toMs);
      return own.length === 0 ? found : merge(found, own);
    },
  };
}

function merge(series: Iterable<Series>, own: readonly RecordedSample[]): Series[] {
  const byKey = new Map<string, { labels: Labels; samples: readonly Sample[] }>();
  for (const one of series) byKey.set(seriesKey('', one.labels), one);
  for (const { name, labels, timeMs, value, histogram, stale } of own) {
    const full = { ...labels, __name__: name };
    const key = seriesKey('', full);
    const earlier = (byKey.get(key)?.samples ?? []).filter((sample) => sample.timeMs < timeMs);
    byKey.set(key, { labels: full, samples: [...earlier, { timeMs, value, histogram, stale: stale ?? false }] });
  }
  return [...byKey.values()];
}
