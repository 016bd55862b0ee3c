import type { Labels } from '../metrics/model.ts';
import { ClassicSeries, type ClassicSuffix } from './classic-series.ts';
import { type Matcher, matcher, matches, metricNameOf } from './matchers.ts';
import type { Series, SeriesSource } from './series.ts';

const SUFFIX = /^(.+)_(bucket|sum|count)$/;

/**
 * Shows the histograms of a source also as classic series, `_bucket{le="..."}`, `_sum` and `_count`, as rules written for
 * Prometheus select them. `boundariesOf` gives a metric's boundaries; a metric without has the `+Inf` bucket only.
 * A selector by a regular expression of the name finds native series only.
 */
export function classicView(
  source: SeriesSource,
  boundariesOf: (metricName: string) => readonly number[] | undefined,
): SeriesSource {
  /** By the labels' identity: a source in memory gives the same object for the same series. */
  const known = new WeakMap<Labels, Partial<Record<ClassicSuffix, ClassicSeries>>>();

  const classicOf = (series: Series, base: string, suffix: ClassicSuffix): ClassicSeries => {
    const bySuffix = known.get(series.labels) ?? {};
    known.set(series.labels, bySuffix);
    const before = bySuffix[suffix];
    if (before?.update(series.samples)) return before;
    const anew = new ClassicSeries(series.labels, base, suffix, boundariesOf(base) ?? []);
    anew.update(series.samples);
    bySuffix[suffix] = anew;
    return anew;
  };

  return {
    select(matchers: readonly Matcher[], fromMs: number, toMs: number): Iterable<Series> {
      const direct = source.select(matchers, fromMs, toMs);
      const [, base, suffix] = SUFFIX.exec(metricNameOf(matchers) ?? '') ?? [];
      if (base === undefined || suffix === undefined) return direct;
      const others = matchers.filter(({ name }) => name !== '__name__');
      const [le, own] = suffix === 'bucket' ? partition(others) : [[], others];
      const found = [...direct];
      for (const series of source.select([matcher('__name__', '=', base), ...own], fromMs, toMs)) {
        if (!series.samples.some(({ histogram }) => histogram !== undefined)) continue;
        for (const classic of classicOf(series, base, suffix as ClassicSuffix).series) {
          if (le.length === 0 || matches(classic.labels, le)) found.push(classic);
        }
      }
      return found;
    },
  };
}

/** Matchers of `le`, which only buckets have, and all others. */
function partition(matchers: readonly Matcher[]): [le: readonly Matcher[], others: readonly Matcher[]] {
  return [matchers.filter(({ name }) => name === 'le'), matchers.filter(({ name }) => name !== 'le')];
}
