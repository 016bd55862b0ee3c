/**
 * How well each channel goes with the others. Neighbouring electrodes see overlapping sources, so a channel that is
 * unrelated to all others is suspect (the PREP pipeline's correlation criterion, Bigdely-Shamlo et al. 2015), here
 * relative to the device's own median so that sparse montages, where every correlation is low, are not punished.
 */

import { median } from './device-score.ts';

/** Fewer channels than this have no neighbours to speak of. */
export const CORRELATION_MIN_CHANNELS = 8;
/** Weight of the newest window: one second alone tells little. */
const SMOOTHING = 0.1;
/** The cost grows with the square of the channels: above this many, only every fifth window is correlated. */
const EVERY_WINDOW_UP_TO = 128;
/** A flat or wildly moving channel (standard deviation, uV) says nothing about whom it goes with: it keeps its value. */
const TELLING = { min: 0.1, max: 150 };

export class RelativeCorrelation {
  /** One row per channel: EEG of the window, decimated, then mean removed and scaled to length 1. */
  readonly #rows: Float32Array[];
  readonly #smoothed: Float64Array;
  readonly #relative: Float64Array;
  readonly #strengths: Float64Array;
  readonly #deviations: Float64Array;
  #windows = 0;

  constructor(channelCount: number, samplesPerWindow: number) {
    this.#rows = Array.from({ length: channelCount }, () => new Float32Array(samplesPerWindow));
    this.#smoothed = new Float64Array(channelCount).fill(Number.NaN);
    this.#relative = new Float64Array(channelCount).fill(1);
    this.#strengths = new Float64Array(channelCount - 1);
    this.#deviations = new Float64Array(channelCount);
  }

  /** Where the decimated EEG of a channel is written before `update`. */
  row(channel: number): Float32Array {
    return this.#rows[channel]!;
  }

  /** Takes in the window whose first `count` samples stand in the rows; returns the relative correlation per channel. */
  update(count: number): Float64Array {
    const n = this.#rows.length;
    const turn = n <= EVERY_WINDOW_UP_TO ? 1 : 5;
    if (this.#windows++ % turn !== 0) return this.#relative;
    for (let i = 0; i < n; i++) this.#deviations[i] = normalise(this.#rows[i]!, count);
    for (let i = 0; i < n; i++) {
      if (this.#deviations[i]! < TELLING.min || this.#deviations[i]! > TELLING.max) continue;
      const strength = this.#strongest(i, count);
      const before = this.#smoothed[i]!;
      this.#smoothed[i] = Number.isNaN(before) ? strength : before + SMOOTHING * (strength - before);
    }
    const known = this.#smoothed.filter((strength) => !Number.isNaN(strength)).sort();
    const typical = known.length > 0 ? median(known) : 0;
    for (let i = 0; i < n; i++) {
      const strength = this.#smoothed[i]!;
      this.#relative[i] = typical > 0 && !Number.isNaN(strength) ? strength / typical : 1;
    }
    return this.#relative;
  }

  /** The 98th percentile of |r| with the other channels: the best, without one lucky outlier among many. */
  #strongest(channel: number, count: number): number {
    const a = this.#rows[channel]!;
    let k = 0;
    for (let j = 0; j < this.#rows.length; j++) {
      if (j === channel) continue;
      const b = this.#rows[j]!;
      let dot = 0;
      for (let t = 0; t < count; t++) dot += a[t]! * b[t]!;
      this.#strengths[k++] = Math.abs(dot);
    }
    this.#strengths.sort();
    const at = 0.98 * (k - 1);
    const low = Math.floor(at);
    const a0 = this.#strengths[low]!;
    const a1 = this.#strengths[Math.min(low + 1, k - 1)]!;
    return a0 + (at - low) * (a1 - a0);
  }
}

/**
 * Removes the mean and scales to unit length; a constant row becomes zero and so correlates with nothing.
 * Returns the standard deviation that the row had.
 */
function normalise(row: Float32Array, count: number): number {
  let sum = 0;
  for (let t = 0; t < count; t++) sum += row[t]!;
  const mean = sum / count;
  let squares = 0;
  for (let t = 0; t < count; t++) {
    const centred = row[t]! - mean;
    row[t] = centred;
    squares += centred * centred;
  }
  const scale = squares > 1e-12 ? 1 / Math.sqrt(squares) : 0;
  for (let t = 0; t < count; t++) row[t] = row[t]! * scale;
  return Math.sqrt(squares / count);
}
