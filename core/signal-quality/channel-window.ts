/** One channel's samples of the running window, reduced as they arrive. Allocates nothing per sample or window. */

import { Cascade } from './biquad.ts';
import type { FilterDesign } from './channel-filters.ts';
import type { ChannelFeatures } from './channel-score.ts';
import { Goertzel } from './goertzel.ts';

/** Within this share of full scale a sample counts as at the rail: converters stop a few codes short of it. */
const RAIL = 0.999;

export class ChannelWindow {
  readonly #drift: Cascade;
  readonly #mains: Cascade;
  readonly #emg: Cascade;
  readonly #eeg: Cascade;
  readonly #goertzels: readonly Goertzel[];
  readonly #fullScale: number;

  /** The last finite raw value: fills in for missing ones, and shows what is unchanged. NaN until there is one. */
  #last = Number.NaN;
  #missing = 0;
  #measured = 0;
  /** Samples that went through the filters: the measured ones and the fillers of missing ones. */
  #filtered = 0;
  #unchanged = 0;
  #atRail = 0;
  #largest = 0;
  #eegSum = 0;
  #eegSquares = 0;
  #eegMin = Number.POSITIVE_INFINITY;
  #eegMax = Number.NEGATIVE_INFINITY;
  #emgSquares = 0;

  constructor(design: FilterDesign, sampleRateHz: number, fullScaleMicrovolts: number) {
    this.#drift = new Cascade(design.drift);
    this.#mains = new Cascade(design.mains);
    this.#emg = new Cascade(design.emg);
    this.#eeg = new Cascade(design.eeg);
    this.#goertzels = design.mainsHz.map((f) => new Goertzel(sampleRateHz, f));
    this.#fullScale = fullScaleMicrovolts;
  }

  /**
   * Takes in `samples[from .. from + count)`. `eeg` and `emg` are scratch space for at least `count` values;
   * afterwards `eeg` holds the channel's EEG (zeros until the first finite sample).
   */
  push(samples: ArrayLike<number>, from: number, count: number, eeg: Float64Array, emg: Float64Array): void {
    this.#takeRaw(samples, from, count, eeg);
    if (Number.isNaN(this.#last)) return;
    this.#drift.filter(eeg, count);
    for (const goertzel of this.#goertzels) goertzel.push(eeg, count);
    this.#mains.filter(eeg, count);
    for (let i = 0; i < count; i++) emg[i] = eeg[i]!;
    this.#emg.filter(emg, count);
    this.#eeg.filter(eeg, count);
    this.#takeFiltered(eeg, emg, count);
  }

  /** Counts samples that never arrived. */
  skip(count: number): void {
    this.#missing += count;
  }

  /** The next sample does not continue the last one: the filters begin anew at its level. */
  forget(): void {
    this.#last = Number.NaN;
  }

  /** The features of the window, which ends here. */
  take(relativeCorrelation: number | undefined): ChannelFeatures {
    const measured = Math.max(1, this.#measured);
    const filtered = Math.max(1, this.#filtered);
    const mean = this.#eegSum / filtered;
    const features = {
      missing: this.#missing / Math.max(1, this.#missing + this.#measured),
      sd: Math.sqrt(Math.max(0, this.#eegSquares / filtered - mean * mean)),
      peakToPeak: this.#filtered === 0 ? 0 : this.#eegMax - this.#eegMin,
      unchanged: this.#unchanged / measured,
      fullScaleShare: this.#largest / this.#fullScale,
      atRail: this.#atRail / measured,
      emgRms: Math.sqrt(this.#emgSquares / filtered),
      eegRms: Math.sqrt(this.#eegSquares / filtered),
      mainsRms: this.#goertzels.reduce((rms, goertzel) => Math.max(rms, goertzel.takeRms()), 0),
      ...(relativeCorrelation === undefined ? {} : { relativeCorrelation }),
    };
    this.#missing = this.#measured = this.#filtered = this.#unchanged = this.#atRail = this.#largest = 0;
    this.#eegSum = this.#eegSquares = this.#emgSquares = 0;
    this.#eegMin = Number.POSITIVE_INFINITY;
    this.#eegMax = Number.NEGATIVE_INFINITY;
    return features;
  }

  #takeRaw(samples: ArrayLike<number>, from: number, count: number, out: Float64Array): void {
    const rail = RAIL * this.#fullScale;
    for (let i = 0; i < count; i++) {
      const value = samples[from + i]!;
      if (!Number.isFinite(value)) {
        this.#missing++;
        out[i] = Number.isNaN(this.#last) ? 0 : this.#last;
        continue;
      }
      if (Number.isNaN(this.#last)) {
        this.#prime(value);
        out.fill(value, 0, i);
      } else if (value === this.#last) this.#unchanged++;
      const magnitude = value < 0 ? -value : value;
      if (magnitude > this.#largest) this.#largest = magnitude;
      if (magnitude >= rail) this.#atRail++;
      this.#measured++;
      this.#last = value;
      out[i] = value;
    }
  }

  #prime(value: number): void {
    this.#drift.prime(value);
    this.#mains.prime(0);
    this.#emg.prime(0);
    this.#eeg.prime(0);
  }

  #takeFiltered(eeg: Float64Array, emg: Float64Array, count: number): void {
    this.#filtered += count;
    for (let i = 0; i < count; i++) {
      const x = eeg[i]!;
      const y = emg[i]!;
      this.#eegSum += x;
      this.#eegSquares += x * x;
      this.#emgSquares += y * y;
      if (x < this.#eegMin) this.#eegMin = x;
      if (x > this.#eegMax) this.#eegMax = x;
    }
  }
}
