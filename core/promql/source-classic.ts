import { classicCounts } from '../metrics/classic-buckets.ts';
import type { Labels } from '../metrics/model.ts';
import { formatBound } from './format.ts';
import { type Matcher, matcher, matches, metricNameOf } from './matchers.ts';
import { countUntil, type NativeHistogram, type Sample, type Series, type SeriesSource } from './series.ts';

const SUFFIX = /^(.+)_(bucket|sum|count)$/;

/**
 * Shows the histograms of a source also as classic series, `_bucket{le="..."}`, `_sum` and `_count`, as rules written for
 * Prometheus select them. `boundariesOf` gives a metric's boundaries; of a metric without, only `_sum`, `_count` and the
 * `+Inf` bucket are shown. A selector by a regular expression of the name finds native series only.
 */
export function classicView(
  source: SeriesSource,
  boundariesOf: (metricName: string) => readonly number[] | undefined,
): SeriesSource {
  const view = new ClassicView(source, boundariesOf);
  return { select: (matchers, fromMs, toMs) => view.select(matchers, fromMs, toMs) };
}

class ClassicView {
  private readonly source: SeriesSource;
  private readonly boundariesOf: (metricName: string) => readonly number[] | undefined;
  /** Counts by boundary of a snapshot; snapshots are immutable and come by at every evaluation of their window. */
  private readonly counts = new WeakMap<NativeHistogram, readonly number[]>();
  private readonly labels = new WeakMap<Labels, Map<string, Labels>>();

  constructor(source: SeriesSource, boundariesOf: (metricName: string) => readonly number[] | undefined) {
    this.source = source;
    this.boundariesOf = boundariesOf;
  }

  select(matchers: readonly Matcher[], fromMs: number, toMs: number): Iterable<Series> {
    const direct = this.source.select(matchers, fromMs, toMs);
    const [, base, suffix] = SUFFIX.exec(metricNameOf(matchers) ?? '') ?? [];
    if (base === undefined || suffix === undefined) return direct;
    const own = matchers.filter(({ name }) => name !== '__name__' && (suffix !== 'bucket' || name !== 'le'));
    const le = suffix === 'bucket' ? matchers.filter(({ name }) => name === 'le') : [];
    const found = [...direct];
    for (const series of this.source.select([matcher('__name__', '=', base), ...own], fromMs, toMs)) {
      const start = Math.max(0, countUntil(series.samples, fromMs));
      const samples = series.samples.slice(start, countUntil(series.samples, toMs));
      if (!samples.some(({ histogram }) => histogram !== undefined)) continue;
      if (suffix === 'bucket') found.push(...this.buckets(base, series.labels, samples, le));
      else {
        const measure = suffix === 'sum' ? ({ sum }: NativeHistogram) => sum : ({ count }: NativeHistogram) => count;
        found.push({ labels: this.named(series.labels, `${base}_${suffix}`), samples: mapSamples(samples, measure) });
      }
    }
    return found;
  }

  private buckets(base: string, labels: Labels, samples: readonly Sample[], le: readonly Matcher[]): Series[] {
    const boundaries = this.boundariesOf(base) ?? [];
    const result: Series[] = [];
    for (let i = 0; i <= boundaries.length; i += 1) {
      const bound = boundaries[i];
      const bucketLabels = this.named(labels, `${base}_bucket`, bound === undefined ? '+Inf' : formatBound(bound));
      if (!matches(bucketLabels, le)) continue;
      result.push({
        labels: bucketLabels,
        samples: mapSamples(samples, (histogram) => this.countsOf(histogram, boundaries)[i] ?? histogram.count),
      });
    }
    return result;
  }

  private countsOf(histogram: NativeHistogram, boundaries: readonly number[]): readonly number[] {
    let counts = this.counts.get(histogram);
    if (!counts) {
      counts = classicCounts(histogram, boundaries);
      this.counts.set(histogram, counts);
    }
    return counts;
  }

  /** The same object for the same labels, so that what is remembered about it stays. */
  private named(labels: Labels, name: string, le?: string): Labels {
    let variants = this.labels.get(labels);
    if (!variants) {
      variants = new Map();
      this.labels.set(labels, variants);
    }
    const key = `${name}\u0000${le ?? ''}`;
    let variant = variants.get(key);
    if (!variant) {
      variant = { ...labels, __name__: name, ...(le === undefined ? {} : { le }) };
      variants.set(key, variant);
    }
    return variant;
  }
}

function mapSamples(samples: readonly Sample[], measure: (histogram: NativeHistogram) => number): Sample[] {
  const result: Sample[] = [];
  for (const { timeMs, histogram, stale } of samples) {
    if (histogram) result.push({ timeMs, value: measure(histogram), histogram: undefined, stale: false });
    else if (stale === true) result.push({ timeMs, value: Number.NaN, histogram: undefined, stale: true });
  }
  return result;
}
