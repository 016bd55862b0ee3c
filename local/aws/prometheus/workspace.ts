import { type Labels, seriesKey } from '../../../core/metrics/model.ts';
import type { RemoteSeries } from '../../../core/metrics/remote-write.ts';
import { type Matcher, matches, metricNameOf, type Series, type SeriesSource } from '../../../core/promql/index.ts';
import { Samples, type SampleValue } from './samples.ts';

export interface WorkspaceSettings {
  /** How far behind the workspace's newest sample one may come: 60 s unless set, 600 s at most. */
  readonly outOfOrderMs: number;
  readonly retentionMs: number;
}

interface StoredSeries {
  /** With the name as `__name__`. */
  readonly labels: Labels;
  readonly samples: Samples;
}

/** Mimir's limits, which the managed service keeps. */
const FUTURE_MS = 10 * 60_000;
const MAX_LABELS = 150;
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const SWEEP_MS = 60_000;

/** One workspace of Managed Service for Prometheus: its series, what it takes and what it refuses. */
export class Workspace implements SeriesSource {
  readonly #settings: WorkspaceSettings;
  readonly #now: () => number;
  /** By name, then by all labels: selectors nearly always name a metric. */
  readonly #families = new Map<string, Map<string, StoredSeries>>();
  #newestMs = Number.NEGATIVE_INFINITY;
  #nextSweepMs = 0;

  constructor(settings: WorkspaceSettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  /**
   * Stores what can be stored of a request; the rest is discarded.
   * @returns why samples were discarded, one reason each
   */
  write(request: readonly RemoteSeries[]): string[] {
    const refused: string[] = [];
    for (const one of request) {
      const problem = labelProblem(one);
      if (problem) {
        refused.push(problem);
        continue;
      }
      const { samples } = this.#series(one);
      for (const { timeMs, value } of one.samples) refused.push(...this.#put(one, samples, timeMs, value));
      for (const { timeMs, histogram, isGauge } of one.histograms) {
        refused.push(...this.#put(one, samples, timeMs, isGauge ? { ...histogram, resetHint: 'gauge' } : histogram));
      }
    }
    this.#sweep();
    return refused;
  }

  select(matchers: readonly Matcher[], fromMs: number, toMs: number): Series[] {
    const name = metricNameOf(matchers);
    const families = name === undefined ? [...this.#families.values()] : [this.#families.get(name)];
    const found: Series[] = [];
    for (const family of families) {
      for (const { labels, samples } of family?.values() ?? []) {
        if (samples.newestMs <= fromMs || samples.oldestMs > toMs || !matches(labels, matchers)) continue;
        const inside = samples.between(fromMs, toMs);
        if (inside.length > 0) found.push({ labels, samples: inside });
      }
    }
    return found;
  }

  #put({ name, labels }: RemoteSeries, samples: Samples, timeMs: number, value: SampleValue): string[] {
    const series = `${name}${JSON.stringify(labels)}`;
    if (timeMs > this.#now() + FUTURE_MS) {
      return [`received a sample whose timestamp is too far in the future, timestamp: ${timeMs} series: ${series}`];
    }
    if (timeMs < this.#newestMs - this.#settings.outOfOrderMs) {
      return [
        `the sample has been rejected because another sample with a more recent timestamp has already been ingested and this sample is beyond the out-of-order time window of ${this.#settings.outOfOrderMs / 1000}s (err-mimir-sample-timestamp-too-old), timestamp: ${timeMs} series: ${series}`,
      ];
    }
    this.#newestMs = Math.max(this.#newestMs, timeMs);
    if (samples.put(timeMs, value) !== 'other') return [];
    return [
      `the sample has been rejected because another sample with the same timestamp, but a different value, has already been ingested (err-mimir-sample-duplicate-timestamp), timestamp: ${timeMs} series: ${series}`,
    ];
  }

  #series({ name, labels }: RemoteSeries): StoredSeries {
    let family = this.#families.get(name);
    if (!family) {
      family = new Map();
      this.#families.set(name, family);
    }
    const key = seriesKey(name, labels);
    let series = family.get(key);
    if (!series) {
      series = { labels: { ...labels, __name__: name }, samples: new Samples() };
      family.set(key, series);
    }
    return series;
  }

  #sweep(): void {
    const now = this.#now();
    if (now < this.#nextSweepMs) return;
    this.#nextSweepMs = now + SWEEP_MS;
    for (const [name, family] of this.#families) {
      for (const [key, { samples }] of family) {
        samples.forgetBefore(now - this.#settings.retentionMs);
        if (samples.length === 0) family.delete(key);
      }
      if (family.size === 0) this.#families.delete(name);
    }
  }
}

function labelProblem({ name, labels }: RemoteSeries): string | undefined {
  if (!NAME.test(name))
    return `received a series with an invalid metric name: '${name}' (err-mimir-metric-name-invalid)`;
  const invalid = Object.keys(labels).find((label) => !LABEL.test(label));
  if (invalid !== undefined)
    return `received a series with an invalid label: '${invalid}' series: '${name}' (err-mimir-label-invalid)`;
  if (Object.keys(labels).length + 1 <= MAX_LABELS) return undefined;
  return `received a series whose number of labels exceeds the limit (actual: ${Object.keys(labels).length + 1}, limit: ${MAX_LABELS}) (err-mimir-max-label-names-per-series)`;
}
