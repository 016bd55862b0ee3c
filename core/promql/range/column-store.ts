import type { Labels } from '../../metrics/model.ts';
import { keyOfAll } from '../labels.ts';
import { type Matcher, matches, metricNameOf } from '../matchers.ts';
import type { NativeHistogram, Sample, Series, SeriesSource } from '../series.ts';

/** Floats in ascending order of time; the arrays may be longer. */
export interface Floats {
  times: Float64Array;
  values: Float64Array;
  length: number;
}

/** How many of the times are at or before `timeMs`. */
export function countUntil({ times, length }: Floats, timeMs: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One series as columns. Grows at its end. */
export class ColumnSeries {
  readonly labels: Labels;
  /** All samples; the values of staleness markers and histograms mean nothing. */
  readonly samples: Floats;
  /** The samples without staleness markers: what range vectors see. The same object as `samples` while there are none. */
  floats: Floats;
  /** 1 where a sample is a staleness marker. */
  stale: Uint8Array | undefined;
  /** By index: samples that are native histograms. */
  readonly histograms = new Map<number, NativeHistogram>();
  /** The distance of successive samples when all have the same, else 0. */
  regularMs: number;

  constructor(
    labels: Labels,
    samples: Floats = { times: new Float64Array(0), values: new Float64Array(0), length: 0 },
  ) {
    this.labels = labels;
    this.samples = samples;
    this.floats = samples;
    this.regularMs = distanceOf(samples);
  }

  /** False: not newer than the last sample, and not taken. */
  append(timeMs: number, value: number | NativeHistogram | 'stale'): boolean {
    const { samples } = this;
    const i = samples.length;
    if (i > 0 && timeMs <= samples.times[i - 1]!) return false;
    if (i === 1) this.regularMs = timeMs - samples.times[0]!;
    else if (i > 1 && timeMs - samples.times[i - 1]! !== this.regularMs) this.regularMs = 0;
    const isStale = value === 'stale';
    if (isStale && !this.stale) {
      this.floats = { times: samples.times.slice(), values: samples.values.slice(), length: i };
      this.stale = new Uint8Array(Math.max(16, i * 2));
    }
    push(samples, timeMs, typeof value === 'number' ? value : Number.NaN);
    if (typeof value === 'object') this.histograms.set(i, value);
    if (this.stale) {
      if (this.stale.length <= i) {
        const longer = new Uint8Array(i * 2);
        longer.set(this.stale);
        this.stale = longer;
      }
      if (isStale) this.stale[i] = 1;
      else push(this.floats, timeMs, typeof value === 'number' ? value : Number.NaN);
    }
    return true;
  }

  /** The samples in `(fromMs, toMs]` as the engine that takes one step at a time wants them. */
  between(fromMs: number, toMs: number): Sample[] {
    const { samples, stale, histograms } = this;
    const found: Sample[] = [];
    const end = countUntil(samples, toMs);
    for (let i = countUntil(samples, fromMs); i < end; i += 1) {
      const timeMs = samples.times[i]!;
      if (stale?.[i] === 1) found.push({ timeMs, value: Number.NaN, histogram: undefined, stale: true });
      else found.push({ timeMs, value: samples.values[i]!, histogram: histograms.get(i), stale: false });
    }
    return found;
  }
}

function push(floats: Floats, timeMs: number, value: number): void {
  const { length } = floats;
  if (floats.times.length <= length) {
    const times = new Float64Array(Math.max(16, length * 2));
    times.set(floats.times);
    floats.times = times;
  }
  if (floats.values.length <= length) {
    const values = new Float64Array(Math.max(16, length * 2));
    values.set(floats.values);
    floats.values = values;
  }
  floats.times[length] = timeMs;
  floats.values[length] = value;
  floats.length = length + 1;
}

const distances = new WeakMap<Float64Array, { readonly length: number; readonly distance: number }>();

/** Remembered per array of times: series of one scrape share theirs. */
function distanceOf({ times, length }: Floats): number {
  const known = distances.get(times);
  if (known?.length === length) return known.distance;
  let distance = length > 1 ? times[1]! - times[0]! : 0;
  for (let i = 2; i < length && distance > 0; i += 1) if (times[i]! - times[i - 1]! !== distance) distance = 0;
  distances.set(times, { length, distance });
  return distance;
}

/** Series as columns, by metric name; in the order in which they were added. */
export class ColumnStore {
  readonly #byName = new Map<string, ColumnSeries[]>();
  readonly #byKey = new Map<string, ColumnSeries>();
  #added = 0;

  get size(): number {
    return this.#byKey.size;
  }

  /** Counts the series that a selector may find: when it is as before, so is what the selector selects. */
  version(matchers: readonly Matcher[]): number {
    const name = metricNameOf(matchers);
    return name === undefined ? this.#added : (this.#byName.get(name)?.length ?? 0);
  }

  all(): Iterable<ColumnSeries> {
    return this.#byKey.values();
  }

  /** Adds a series with all its samples. One with these labels must not be there. */
  add(series: ColumnSeries): void {
    const key = keyOfAll(series.labels);
    if (this.#byKey.has(key)) throw new Error(`two series have the labels ${JSON.stringify(series.labels)}`);
    this.#byKey.set(key, series);
    const name = series.labels.__name__ ?? '';
    const family = this.#byName.get(name);
    if (family) family.push(series);
    else this.#byName.set(name, [series]);
    this.#added += 1;
  }

  /** The series with these labels (the metric's name as `__name__`), made when there is none. */
  series(labels: Labels): ColumnSeries {
    const key = keyOfAll(labels);
    let found = this.#byKey.get(key);
    if (!found) {
      found = new ColumnSeries(Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== '')));
      this.add(found);
    }
    return found;
  }

  select(matchers: readonly Matcher[]): ColumnSeries[] {
    const name = metricNameOf(matchers);
    const candidates = name === undefined ? this.#byKey.values() : (this.#byName.get(name) ?? []);
    return [...candidates].filter(({ labels }) => matches(labels, matchers));
  }

  /** Removes all series of a metric. */
  remove(name: string): void {
    for (const { labels } of this.#byName.get(name) ?? []) this.#byKey.delete(keyOfAll(labels));
    this.#byName.delete(name);
    this.#added += 1;
  }

  /** For the engine that takes one step at a time: each series is made once for the whole of `(fromMs, toMs]`. */
  source(fromMs: number, toMs: number): SeriesSource {
    const made = new Map<ColumnSeries, { readonly series: Series; readonly length: number; readonly fromMs: number }>();
    return {
      select: (matchers, from, to) =>
        this.select(matchers).flatMap((column) => {
          const { length } = column.samples;
          if (length === 0 || column.samples.times[0]! > to || column.samples.times[length - 1]! <= from) return [];
          const earliest = Math.min(from, fromMs);
          let known = made.get(column);
          if (!known || known.length !== length || known.fromMs > from) {
            const samples = column.between(earliest, Math.max(to, toMs));
            known = { series: { labels: column.labels, samples }, length, fromMs: earliest };
            made.set(column, known);
          }
          return [known.series];
        }),
    };
  }
}
