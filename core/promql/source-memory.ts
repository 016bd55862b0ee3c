import type { Labels } from '../metrics/model.ts';
import { seriesKey } from '../metrics/model.ts';
import { type Matcher, matches, metricNameOf } from './matchers.ts';
import { countUntil, type NativeHistogram, type Sample, type Series, type SeriesSource } from './series.ts';

interface StoredSeries extends Series {
  readonly samples: Sample[];
}

/**
 * Series in memory, bounded by time: what the agent's rules look at, and the twin's Prometheus. Samples come in order of
 * time; one at a time that is already there replaces it, an older one is refused.
 */
export class MemorySeriesSource implements SeriesSource {
  private readonly retentionMs: number;
  private readonly byName = new Map<string, Map<string, StoredSeries>>();
  private latestMs = Number.NEGATIVE_INFINITY;

  /** Keeps samples at least `retentionMs` behind the newest of its series, and a quarter longer at most. */
  constructor({ retentionMs = Number.POSITIVE_INFINITY }: { readonly retentionMs?: number } = {}) {
    this.retentionMs = retentionMs;
  }

  /** False: the sample is older than the series' newest, and was not taken. */
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
      family = new Map();
      this.byName.set(name, family);
    }
    const key = seriesKey(name, labels);
    let series = family.get(key);
    if (!series) {
      const present: Record<string, string> = { __name__: name };
      for (const [label, value] of Object.entries(labels)) if (value !== '') present[label] = value;
      series = { labels: present, samples: [] };
      family.set(key, series);
    }
    return series;
  }

  private put({ samples }: StoredSeries, sample: Sample): boolean {
    const newest = samples.at(-1);
    if (newest && newest.timeMs > sample.timeMs) return false;
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

  /** Forgets series without a sample since `timeMs`. To be called now and then: a minute apart is enough. */
  forgetBefore(timeMs: number): void {
    for (const [name, family] of this.byName) {
      for (const [key, { samples }] of family) {
        if ((samples.at(-1)?.timeMs ?? Number.NEGATIVE_INFINITY) < timeMs) family.delete(key);
      }
      if (family.size === 0) this.byName.delete(name);
    }
  }

  /** All metric names, in order of their first samples. */
  get names(): string[] {
    return [...this.byName.keys()];
  }

  select(matchers: readonly Matcher[], fromMs: number, toMs: number): readonly Series[] {
    const name = metricNameOf(matchers);
    const rest =
      name === undefined ? matchers : matchers.filter(({ name: label, op }) => label !== '__name__' || op !== '=');
    const families = name === undefined ? this.byName.values() : [this.byName.get(name) ?? new Map()];
    const found: Series[] = [];
    for (const family of families as Iterable<Map<string, StoredSeries>>) {
      for (const series of family.values()) {
        const { samples, labels } = series;
        if (samples.length === 0 || (samples[samples.length - 1] as Sample).timeMs <= fromMs) continue;
        if ((samples[0] as Sample).timeMs > toMs) continue;
        if (rest.length === 0 || matches(labels, rest)) found.push(series);
      }
    }
    return found;
  }
}
