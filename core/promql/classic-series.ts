import { classicCounts } from '../metrics/classic-buckets.ts';
import { difference } from '../metrics/exponential-histogram.ts';
import type { Labels } from '../metrics/model.ts';
import { formatBound } from './format.ts';
import { countUntil, type NativeHistogram, type Sample, type Series } from './series.ts';

export type ClassicSuffix = 'bucket' | 'sum' | 'count';

interface GrowingSeries extends Series {
  readonly samples: Sample[];
}

/**
 * The classic series of one histogram series, of one suffix. Grows with it: an evaluation pays for new samples only.
 *
 * Of `_bucket`, only the first histogram, and the first after a restart, is converted as a whole; each later one adds
 * what was observed since. Otherwise a boundary that cuts a bucket would be interpolated anew whenever the resolution
 * changes, and a count that falls thereby looks like a restart to `rate`.
 */
export class ClassicSeries {
  readonly series: readonly GrowingSeries[];
  private readonly boundaries: readonly number[];
  private readonly suffix: ClassicSuffix;
  private last: Sample | undefined;
  private lastHistogram: NativeHistogram | undefined;
  private counts: number[] = [];

  constructor(labels: Labels, base: string, suffix: ClassicSuffix, boundaries: readonly number[]) {
    this.suffix = suffix;
    this.boundaries = boundaries;
    const named = { ...labels, __name__: `${base}_${suffix}` };
    this.series =
      suffix === 'bucket'
        ? [...boundaries.map(formatBound), '+Inf'].map((le) => ({ labels: { ...named, le }, samples: [] }))
        : [{ labels: named, samples: [] }];
  }

  /** Takes over what is new in the samples; false: they do not continue those seen before, so start anew. */
  update(samples: readonly Sample[]): boolean {
    const oldest = samples[0];
    if (!oldest) return true;
    let next = 0;
    if (this.last) {
      next = countUntil(samples, this.last.timeMs);
      if (samples[next - 1] !== this.last) return false;
    }
    for (; next < samples.length; next += 1) this.append(samples[next] as Sample);
    this.forget(oldest.timeMs);
    return true;
  }

  private append(sample: Sample): void {
    const { timeMs, histogram, stale } = sample;
    this.last = sample;
    if (!histogram) {
      // A float among histograms is not theirs; the end of the series is.
      if (stale === true) for (const { samples } of this.series) samples.push({ ...sample });
      return;
    }
    if (this.suffix === 'bucket') this.count(histogram);
    this.series.forEach(({ samples }, i) => {
      const value =
        this.suffix === 'bucket' ? (this.counts[i] ?? 0) : this.suffix === 'sum' ? histogram.sum : histogram.count;
      samples.push({ timeMs, value, histogram: undefined, stale: false });
    });
  }

  private count(histogram: NativeHistogram): void {
    const since = this.lastHistogram && difference(histogram, this.lastHistogram);
    this.lastHistogram = histogram;
    if (!since) this.counts = classicCounts(histogram, this.boundaries);
    else if (since.count > 0) {
      const added = classicCounts(since, this.boundaries);
      this.counts = this.counts.map((count, i) => count + (added[i] ?? 0));
    }
  }

  /** Drops what the histogram series no longer has; in strides, so that it costs little. */
  private forget(beforeMs: number): void {
    for (const { samples } of this.series) {
      const old = countUntil(samples, beforeMs - 1);
      if (old > 16 && old > samples.length / 4) samples.splice(0, old);
    }
  }
}
