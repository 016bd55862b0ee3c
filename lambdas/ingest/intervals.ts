import { difference, quantile } from '../../core/metrics/exponential-histogram.ts';
import {
  type ExponentialHistogram,
  fullLabels,
  type HistogramPoint,
  type Labels,
  seriesKey,
} from '../../core/metrics/model.ts';
import type { IntervalPercentiles } from '../shared/stores/metric-store.ts';

/** Series remembered by one instance of the function: 100 devices of 64 histograms each fit twice. */
const MOST_SERIES = 20_000;

interface Seen {
  readonly startMs: number;
  readonly timeMs: number;
  readonly histogram: ExponentialHistogram;
}

/**
 * Percentiles of just the time since a series' point before, from cumulative histograms. Kept in the memory of the
 * instance: after a cold start, or when points come out of order, a point has none. Absent rather than wrong.
 */
export function createIntervals(): (resource: Labels, point: HistogramPoint) => IntervalPercentiles | undefined {
  const seen = new Map<string, Seen>();
  return (resource, point) => {
    const key = seriesKey(point.name, fullLabels(resource, point.labels));
    const before = seen.get(key);
    if (before && before.timeMs >= point.timeMs) return undefined;
    if (!before && seen.size >= MOST_SERIES) seen.delete(seen.keys().next().value ?? key);
    seen.set(key, point);
    if (!before || before.startMs !== point.startMs) return undefined;
    const between = difference(point.histogram, before.histogram);
    if (!between || between.count === 0) return undefined;
    return { p50: quantile(between, 0.5), p95: quantile(between, 0.95), p99: quantile(between, 0.99) };
  };
}
