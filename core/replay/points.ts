import { classicBoundaries } from '../metrics/catalogue.ts';
import { fullLabels, type PointGroup, seriesKey } from '../metrics/model.ts';
import { matcher } from '../promql/matchers.ts';
import { ColumnStore } from '../promql/range/column-store.ts';
import type { Sample } from '../promql/series.ts';
import { classicView } from '../promql/source-classic.ts';

/** Takes collected points for series as rules see them: histograms also as classic series, as in the agent. */
export class PointSeries {
  readonly store = new ColumnStore();
  readonly #histograms = new Map<string, { readonly labels: Record<string, string>; readonly samples: Sample[] }>();

  add(groups: readonly PointGroup[], timeMs: number): void {
    for (const { resource, points } of groups) {
      for (const point of points) {
        if (point.kind === 'rollup') continue;
        const labels = { ...fullLabels(resource, point.labels), __name__: point.name };
        if (point.kind !== 'histogram') {
          this.store.series(labels).append(timeMs, point.value);
          continue;
        }
        const key = seriesKey(point.name, labels);
        const known = this.#histograms.get(key) ?? { labels, samples: [] as Sample[] };
        this.#histograms.set(key, known);
        known.samples.push({ timeMs, value: Number.NaN, histogram: point.histogram, stale: false });
      }
    }
  }

  /** Once all is there. */
  finish(): ColumnStore {
    const all = [...this.#histograms.values()];
    const source = {
      select: ([name]: readonly { value: string }[]) => all.filter(({ labels }) => labels.__name__ === name?.value),
    };
    const view = classicView(source, classicBoundaries);
    for (const name of new Set(all.map(({ labels }) => labels.__name__ ?? ''))) {
      for (const suffix of ['', '_bucket', '_sum', '_count']) {
        const matchers = [matcher('__name__', '=', name + suffix)];
        for (const { labels, samples } of view.select(matchers, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)) {
          const series = this.store.series(labels);
          for (const { timeMs, value, histogram } of samples) series.append(timeMs, histogram ?? value);
        }
      }
    }
    return this.store;
  }
}
