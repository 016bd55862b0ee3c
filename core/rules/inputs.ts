import type { Labels } from '../metrics/model.ts';
import { formatHistogram, formatValue } from '../promql/format.ts';
import type { Matcher } from '../promql/matchers.ts';
import { countUntil, type Sample, type Series, type SeriesSource } from '../promql/series.ts';
import type { VectorSample } from '../promql/values.ts';

/** One sample that an evaluation looked at, or gave, as people read it. */
export interface EvaluationSample {
  readonly labels: Labels;
  /** Of an input: the time of the sample. */
  readonly timeMs?: number;
  /** As Prometheus writes it (`NaN`, `+Inf`), so that JSON can hold it; a histogram in the notation of its tests. */
  readonly value: string;
}

/** An evaluation keeps so many of its inputs and of its results: enough to see why, not so many as to fill a disk. */
export const KEPT_SAMPLES = 5;

interface Found {
  readonly series: Series;
  /** Newest within what the selector looked at. */
  readonly sample: Sample;
}

interface Selection {
  readonly series: readonly Series[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** A source that remembers what one evaluation was given. */
export class Inputs implements SeriesSource {
  private readonly source: SeriesSource;
  private readonly selections: Selection[] = [];

  constructor(source: SeriesSource) {
    this.source = source;
  }

  select(matchers: readonly Matcher[], fromMs: number, toMs: number): readonly Series[] {
    const selected = this.source.select(matchers, fromMs, toMs);
    const series = Array.isArray(selected) ? (selected as readonly Series[]) : [...selected];
    this.selections.push({ series, fromMs, toMs });
    return series;
  }

  /** Series with a sample where the rule looked. One that has ended there (a staleness marker is newest) has none. */
  *found(): Generator<Found> {
    for (const { series: all, fromMs, toMs } of this.selections) {
      for (const series of all) {
        const sample = series.samples[countUntil(series.samples, toMs) - 1];
        if (sample && sample.timeMs > fromMs && sample.stale !== true) yield { series, sample };
      }
    }
  }

  /** Whether no selector found anything; an expression without selectors needs no data. */
  get areMissing(): boolean {
    return this.selections.length > 0 && this.found().next().done === true;
  }

  /** How many series the selectors gave. */
  get count(): number {
    return this.selections.reduce((sum, { series }) => sum + series.length, 0);
  }

  /** Some of what was found, the inputs of the first result before others. */
  samples(results: readonly VectorSample[]): EvaluationSample[] {
    const [first] = results;
    const kept: Found[] = [];
    const others: Found[] = [];
    for (const found of this.found()) {
      if (first === undefined || agrees(found.series.labels, first.labels)) kept.push(found);
      else if (others.length < KEPT_SAMPLES) others.push(found);
      if (kept.length === KEPT_SAMPLES) break;
    }
    return [...kept, ...others]
      .slice(0, KEPT_SAMPLES)
      .map(({ series, sample }) => ({ ...show(series.labels, sample), timeMs: sample.timeMs }));
  }
}

/** Whether a series has all these labels, but for the metric's name. */
export function agrees(series: Labels, labels: Labels): boolean {
  for (const name in labels) if (name !== '__name__' && labels[name] !== series[name]) return false;
  return true;
}

export function show(labels: Labels, { value, histogram }: Pick<VectorSample, 'value' | 'histogram'>): EvaluationSample;
export function show(labels: Labels, { value, histogram }: Pick<Sample, 'value' | 'histogram'>): EvaluationSample;
export function show(labels: Labels, { value, histogram }: Pick<Sample, 'value' | 'histogram'>): EvaluationSample {
  return { labels, value: histogram ? formatHistogram(histogram) : formatValue(value) };
}
