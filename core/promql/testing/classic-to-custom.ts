import type { Labels } from '../../metrics/model.ts';
import { keyOfAll, withLabel } from '../labels.ts';
import type { NativeHistogram } from '../series.ts';
import type { NotedSeries, NotedValue } from './series-notation.ts';

interface Draft {
  readonly labels: Labels;
  readonly buckets: Map<number, NotedSeries>;
  sum?: NotedSeries;
  count?: NotedSeries;
}

/** The native histograms with custom buckets that classic series say the same as (`load_with_nhcb`). */
export function customHistograms(series: readonly NotedSeries[]): NotedSeries[] {
  const drafts = new Map<string, Draft>();
  for (const one of series) {
    const [, base, suffix] = /^(.+)_(bucket|sum|count)$/.exec(one.labels.__name__ ?? '') ?? [];
    if (base === undefined) continue;
    const labels = withLabel(withLabel(one.labels, 'le', ''), '__name__', base);
    const key = keyOfAll(labels);
    const draft: Draft = drafts.get(key) ?? { labels, buckets: new Map() };
    drafts.set(key, draft);
    if (suffix === 'sum') draft.sum = one;
    else if (suffix === 'count') draft.count = one;
    else if (one.labels.le !== undefined) {
      const bound = /^\+?inf$/i.test(one.labels.le) ? Number.POSITIVE_INFINITY : Number(one.labels.le);
      if (!Number.isNaN(bound)) draft.buckets.set(bound, one);
    }
  }
  return [...drafts.values()].map((draft) => ({ labels: draft.labels, values: valuesOf(draft) }));
}

function valuesOf({ buckets, sum, count }: Draft): NotedValue[] {
  const all = [...buckets.values(), ...(sum ? [sum] : []), ...(count ? [count] : [])];
  const length = Math.max(...all.map(({ values }) => values.length));
  return Array.from({ length }, (_, i) => histogramAt(buckets, sum, count, i) ?? 'missing');
}

function histogramAt(
  buckets: ReadonlyMap<number, NotedSeries>,
  sum: NotedSeries | undefined,
  count: NotedSeries | undefined,
  i: number,
): NativeHistogram | undefined {
  const numberAt = (series: NotedSeries | undefined): number | undefined => {
    const value = series?.values[i];
    return typeof value === 'number' ? value : undefined;
  };
  const bounds = [...buckets.keys()].sort((a, b) => a - b);
  const present = bounds.filter((bound) => numberAt(buckets.get(bound)) !== undefined);
  const total =
    numberAt(count) ?? numberAt(buckets.get(Number.POSITIVE_INFINITY)) ?? numberAt(buckets.get(present.at(-1) ?? 0));
  if (total === undefined) return undefined;
  const customBounds = present.filter((bound) => bound !== Number.POSITIVE_INFINITY);
  let before = 0;
  const counts = [...customBounds, Number.POSITIVE_INFINITY].map((bound) => {
    const cumulative = bound === Number.POSITIVE_INFINITY ? total : (numberAt(buckets.get(bound)) ?? before);
    const own = cumulative - before;
    before = cumulative;
    return own;
  });
  // Counts that fall from bucket to bucket are no histogram.
  if (counts.some((own) => own < 0)) return undefined;
  return {
    scale: 0,
    count: total,
    sum: numberAt(sum) ?? 0,
    zeroCount: 0,
    zeroThreshold: 0,
    positive: { offset: 0, counts },
    negative: { offset: 0, counts: [] },
    customBounds,
  };
}
