import type { Sample } from '../../../core/promql/index.ts';

/** What a series says at one time: a number, or a native histogram. */
export type SampleValue = number | NonNullable<Sample['histogram']>;

/** The samples of one series in order of time, 16 bytes each: a twin that runs for a day holds millions of them. */
export class Samples {
  #times = new Float64Array(16);
  #values = new Float64Array(16);
  /** Only for series that have any. */
  #histograms: (Sample['histogram'] | undefined)[] | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Time of the newest sample, `-Infinity` when there is none. */
  get newestMs(): number {
    return this.#length === 0 ? Number.NEGATIVE_INFINITY : this.#time(this.#length - 1);
  }

  get oldestMs(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : this.#time(0);
  }

  /** Puts a sample at its place. A time that is taken keeps what it has: `same` or `other` says what that is. */
  put(timeMs: number, value: SampleValue): 'stored' | 'same' | 'other' {
    const at = this.#after(timeMs - 0.5);
    if (at < this.#length && this.#time(at) === timeMs) return this.#isSame(at, value) ? 'same' : 'other';
    this.#grow();
    this.#times.copyWithin(at + 1, at, this.#length);
    this.#values.copyWithin(at + 1, at, this.#length);
    this.#times[at] = timeMs;
    this.#values[at] = typeof value === 'number' ? value : Number.NaN;
    const histogram = typeof value === 'number' ? undefined : value;
    if (histogram) this.#histograms ??= Array.from({ length: this.#length }, () => undefined);
    this.#histograms?.splice(at, 0, histogram);
    this.#length += 1;
    return 'stored';
  }

  /** Samples in `(fromMs, toMs]`. */
  between(fromMs: number, toMs: number): Sample[] {
    const samples: Sample[] = [];
    for (let i = this.#after(fromMs); i < this.#length && this.#time(i) <= toMs; i++) {
      samples.push({ timeMs: this.#time(i), value: this.#values[i] as number, histogram: this.#histograms?.[i] });
    }
    return samples;
  }

  forgetBefore(timeMs: number): void {
    const gone = this.#after(timeMs - 0.5);
    if (gone === 0) return;
    this.#times.copyWithin(0, gone, this.#length);
    this.#values.copyWithin(0, gone, this.#length);
    this.#histograms?.splice(0, gone);
    this.#length -= gone;
  }

  #time(index: number): number {
    return this.#times[index] as number;
  }

  /** Index of the first sample after a time. Most samples are the newest, so the end is looked at first. */
  #after(timeMs: number): number {
    if (timeMs >= this.newestMs) return this.#length;
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#time(middle) <= timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #isSame(at: number, value: SampleValue): boolean {
    if (typeof value === 'number') return this.#histograms?.[at] === undefined && Object.is(this.#values[at], value);
    return JSON.stringify(this.#histograms?.[at]) === JSON.stringify(value);
  }

  #grow(): void {
    if (this.#length < this.#times.length) return;
    const grow = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(old.length * 2);
      larger.set(old);
      return larger;
    };
    this.#times = grow(this.#times);
    this.#values = grow(this.#values);
  }
}
