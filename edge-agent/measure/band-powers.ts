/** Power in the classic bands of the EEG. */

import { PowerSpectrum } from './fft.ts';

/** Hz, lower bound included. The usual clinical bands; gamma ends where the EEG filter does. */
const BANDS = {
  delta: [1, 4],
  theta: [4, 8],
  alpha: [8, 13],
  beta: [13, 30],
  gamma: [30, 45],
} as const;
export const BAND_NAMES = Object.keys(BANDS) as readonly (keyof typeof BANDS)[];

/** Relative powers below this are noise of the arithmetic; the logarithm must stay finite. */
const FLOOR = 1e-6;

export class BandPowers {
  readonly #spectrum: PowerSpectrum;
  readonly #bins: Float64Array;
  readonly #hertzPerBin: number;

  /** `size`: samples per channel, a power of two. */
  constructor(sampleRateHz: number, size: number) {
    this.#spectrum = new PowerSpectrum(size);
    this.#bins = new Float64Array(size / 2 + 1);
    this.#hertzPerBin = sampleRateHz / size;
  }

  /**
   * log10 of each band's share of the power from 1 to 45 Hz, averaged over the given channels: the amplitude of an
   * amplifier or a head cancels out. In the order of `BAND_NAMES`, each at most 0.
   */
  relative(channels: readonly ArrayLike<number>[]): Float64Array {
    const features = new Float64Array(BAND_NAMES.length);
    for (const samples of channels) {
      this.#spectrum.compute(samples, this.#bins);
      const powers = BAND_NAMES.map((name) => this.#power(BANDS[name]));
      const total = powers.reduce((a, b) => a + b, 0);
      for (let i = 0; i < powers.length; i++) {
        const share = total > 0 ? powers[i]! / total : 1 / powers.length;
        features[i]! += Math.log10(Math.max(FLOOR, share)) / channels.length;
      }
    }
    return features;
  }

  #power([fromHz, toHz]: readonly [number, number]): number {
    let power = 0;
    const last = Math.min(this.#bins.length - 1, Math.ceil(toHz / this.#hertzPerBin) - 1);
    for (let k = Math.ceil(fromHz / this.#hertzPerBin); k <= last; k++) power += this.#bins[k]!;
    return power;
  }
}
