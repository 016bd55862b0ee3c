/**
 * What an amplifier's input does when its electrode comes off, and when it is put back.
 *
 * Off: the input's bias current charges the cable, so the level runs to the converter's rail within seconds, and the
 * open cable picks up millivolts of mains, unsteadily. Back on: the electrode's half-cell potential settles over about
 * a second. Times are those of a Cyton whose electrode is lifted.
 */

import type { Random } from './board.ts';
import { Oscillator } from './oscillator.ts';

const CHARGE_SECONDS = 1.5;
const SETTLE_SECONDS = 0.6;
const MAINS_MICROVOLTS = 3_000;
/** Relative size of the mains' wandering. */
const UNSTEADY = 0.3;

export class FloatingElectrode {
  readonly #rail: number;
  readonly #charge: number;
  readonly #settle: number;
  readonly #mains: Oscillator;
  readonly #random: Random;
  readonly #limit: number;
  #attached = false;
  /** How far the input is off the EEG's level, microvolts. */
  #drift = 0;
  #wander = 0;

  constructor(sampleRateHz: number, fullScaleMicrovolts: number, mainsHz: number, random: Random) {
    this.#limit = fullScaleMicrovolts;
    // Beyond the rail: the converter clips what the mains does not bring back.
    this.#rail = (random() < 0.5 ? -1.2 : 1.2) * fullScaleMicrovolts;
    this.#charge = 1 / (CHARGE_SECONDS * sampleRateHz);
    this.#settle = 1 / (SETTLE_SECONDS * sampleRateHz);
    this.#mains = new Oscillator(sampleRateHz, mainsHz);
    this.#random = random;
  }

  attach(): void {
    this.#attached = true;
  }

  /** Back on the skin for so long that nothing of the drift is left. */
  get settled(): boolean {
    return this.#attached && Math.abs(this.#drift) < 1;
  }

  /** Replaces the EEG in `samples` by what the input shows. */
  apply(samples: Float32Array | Float64Array): void {
    for (let i = 0; i < samples.length; i++) {
      let value: number;
      if (this.#attached) {
        this.#drift -= this.#settle * this.#drift;
        value = samples[i]! + this.#drift;
      } else {
        this.#drift += this.#charge * (this.#rail - this.#drift);
        this.#wander += 0.01 * (2 * this.#random() - 1 - this.#wander);
        value = this.#drift + MAINS_MICROVOLTS * Math.SQRT2 * (1 + UNSTEADY * 5 * this.#wander) * this.#mains.next();
      }
      samples[i] = Math.max(-this.#limit, Math.min(this.#limit, value));
    }
  }
}
