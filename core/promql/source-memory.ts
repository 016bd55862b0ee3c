import type { Labels } from '../metrics/model.ts';
import { seriesKey } from '../metrics/model.ts';
import { type Matcher, matches, metricNameOf } from './matchers.ts';
import { countUntil, type NativeHistogram, type Sample, type Series, type SeriesSource } from './series.ts';

interface StoredSeries extends Series {
  labels: Labels;
  readonly samples: Sample[];
}

/** The series of one metric name. */
interface Family {
  readonly byKey: Map<string, StoredSeries>;
  /** In the order of their keys, made anew when it is asked for after a series came or went. */
  inOrder: readonly StoredSeries[] | undefined;
}

/**
 * Series in memory, bounded by time: what the agent's rules look at, and the twin's Prometheus. Samples come in order of
 * time, but for those that are late by `outOfOrderMs` at most (Prometheus' `out_of_order_time_window`); older ones are
 * refused. One at a time that is already there replaces it. Selects series in an order that does not depend on
 * which came first: sums of floats, and what alerts are called first, would differ with it.
 */
export class MemorySeriesSource implements SeriesSource {
  private readonly retentionMs: number;
  private readonly outOfOrderMs: number;
  private readonly byName = new Map<string, Family>();
  private latestMs = Number.NEGATIVE_INFINITY;

  /** Keeps samples at least `retentionMs` behind the newest of its series, and a quarter longer at most. */
  constructor({
    retentionMs = Number.POSITIVE_INFINITY,
    outOfOrderMs = 0,
  }: { readonly retentionMs?: number; readonly outOfOrderMs?: number } = {}) {
    this.retentionMs = retentionMs;
    this.outOfOrderMs = outOfOrderMs;
  }

  /** False: the sample is too much older than the series' newest, and was not taken. */
  append(name: string, labels: Labels, timeMs: number, value: number | NativeHistogram): boolean {
    const sample: Sample =
      typeof value === 'number'
        ? { timeMs, value, histogram: undefined, stale: false }
        : { timeMs, value: Number.NaN, histogram: value, stale: false };
    return this.put(this.series(name, labels), sample);
  }

  /** Marks the series as ended at this time: instant selectors no longer find it. */
  markStale(name: string, labels: Labels, timeMs: number): boolean {
    return this.put(this.series(name, labels), { timeMs, value: Number.NaN, histogram: undefined, stale: true });
  }

  private series(name: string, labels: Labels): StoredSeries {
    let family = this.byName.get(name);
    if (!family) {
      family = { byKey: new Map(), inOrder: undefined };
      this.byName.set(name, family);
    }
    const key = seriesKey(name, labels);
    let series = family.byKey.get(key);
    if (!series) {
      const present: Record<string, string> = { __name__: name };
      for (const [label, value] of Object.entries(labels)) if (value !== '') present[label] = value;
      series = { labels: present, samples: [] };
      family.byKey.set(key, series);
      family.inOrder = undefined;
    }
    return series;
  }

  private put(series: StoredSeries, sample: Sample): boolean {
    const { samples } = series;
    const newest = samples.at(-1);
    if (newest && newest.timeMs > sample.timeMs) return this.insert(series, sample, newest.timeMs);
    if (newest?.timeMs === sample.timeMs) samples[samples.length - 1] = sample;
    else samples.push(sample);
    if (sample.timeMs > this.latestMs) this.latestMs = sample.timeMs;
    // Cut in strides, so that appending stays cheap.
    const oldest = samples[0] as Sample;
    if (sample.timeMs - oldest.timeMs > this.retentionMs * 1.25) {
      samples.splice(0, countUntil(samples, sample.timeMs - this.retentionMs - 1));
    }
    return true;
  }

  private insert(series: StoredSeries, sample: Sample, newestMs: number): boolean {
    const { samples } = series;
    if (newestMs - sample.timeMs > this.outOfOrderMs) return false;
    const after = countUntil(samples, sample.timeMs);
    const isThere = samples[after - 1]?.timeMs === sample.timeMs;
    samples.splice(isThere ? after - 1 : after, isThere ? 1 : 0, sample);
    // Another identity: what a view has made of these samples one by one is no longer true.
    series.labels = { ...series.labels };
    return true;
  }

  /** Forgets series without a sample since `timeMs`. To be called now and then: a minute apart is enough. */
  forgetBefore(timeMs: number): void {
    for (const [name, family] of this.byName) {
      for (const [key, { samples }] of family.byKey) {
        if ((samples.at(-1)?.timeMs ?? Number.NEGATIVE_INFINITY) >= timeMs) continue;
        family.byKey.delete(key);
        family.inOrder = undefined;
      }
      if (family.byKey.size === 0) this.byName.delete(name);
    }
  }

  /** All metric names, in order of their first samples. */
  get names(): string[] {
    return [...this.byName.keys()];
  }

  private seriesOf(name: string): readonly StoredSeries[] {
    const family = this.byName.get(name);
    if (!family) return [];
    family.inOrder ??= [...family.byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, series]) => series);
    return family.inOrder;
  }

  select(matchers: readonly Matcher[], fromMs: number, toMs: number): readonly Series[] {
    const name = metricNameOf(matchers);
    const rest =
      name === undefined ? matchers : matchers.filter(({ name: label, op }) => label !== '__name__' || op !== '=');
    const names = name === undefined ? this.names.sort() : [name];
    const found: Series[] = [];
    for (const one of names) {
      for (const series of this.seriesOf(one)) {
        const { samples, labels } = series;
        if (samples.length === 0 || (samples[samples.length - 1] as Sample).timeMs <= fromMs) continue;
        if ((samples[0] as Sample).timeMs > toMs) continue;
        if (rest.length === 0 || matches(labels, rest)) found.push(series);
      }
    }
    return found;
  }
}
