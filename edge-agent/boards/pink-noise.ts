/**
 * Noise with a 1/f spectrum and RMS of about 1: three first-order low-passes of white noise whose corner frequencies
 * are spread (P. Kellet's "economy" filter, within 0.5 dB of 1/f).
 */

import type { Random } from './board.ts';

/** Standard deviation of the filter's output for white noise of standard deviation 1 (measured over 10^6 samples). */
const FILTER_RMS = 2.96;

export class PinkNoise {
  readonly #normal: Random;
  #slow = 0;
  #middle = 0;
  #fast = 0;

  constructor(normal: Random) {
    this.#normal = normal;
  }

  next(): number {
    const white = this.#normal();
    this.#slow = 0.99765 * this.#slow + white * 0.099046;
    this.#middle = 0.963 * this.#middle + white * 0.2965164;
    this.#fast = 0.57 * this.#fast + white * 1.0526913;
    return (this.#slow + this.#middle + this.#fast + white * 0.1848) / FILTER_RMS;
  }
}
