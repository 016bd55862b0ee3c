/**
 * EEG-like samples from a seed, with the properties that the measurements rest on: a 1/f spectrum shared between
 * neighbours, alpha that comes and goes and is strong while the eyes are closed, blinks while they are open, mains,
 * an electrode's offset. Amplitudes follow the clean windows of real boards: about 12 uV of EEG, blinks of 90 uV.
 */

import type { EyesState, Random } from './board.ts';
import { isFrontal, isPosterior } from './electrode-names.ts';
import { Oscillator } from './oscillator.ts';
import { PinkNoise } from './pink-noise.ts';
import { approximatelyNormal } from './prng.ts';

/** How long the wearer keeps the eyes open or closed, seconds: drawn between these. */
const EYES_SECONDS = { min: 15, max: 30 };
const ALPHA_HZ = 10.2;
/** Alpha amplitude at the back of the head, uV; an eighth of it elsewhere. */
const ALPHA = { 'eyes-open': 2.5, 'eyes-closed': 17 } as const;
/** Alpha waxes and wanes within about a second. */
const ALPHA_BURST_HZ = 0.4;
const BLINK = { microvolts: 90, seconds: 0.3, every: { min: 2, max: 6 } };
const MAINS_MICROVOLTS = 6;
/** EEG of the region, common to all channels, and of the place alone: RMS over all frequencies, uV. */
const SHARED_RMS = 15.5;
const OWN_RMS = 10.3;
/** Amplifier. */
const WHITE_RMS = 0.6;
const OFFSET_MICROVOLTS = 8_000;

interface Channel {
  readonly offset: number;
  readonly alphaShare: number;
  readonly blinkShare: number;
  readonly mainsShare: number;
  readonly noise: PinkNoise;
}

export class EegSource {
  readonly #random: Random;
  readonly #normal: Random;
  readonly #rate: number;
  readonly #channels: readonly Channel[];
  readonly #shared: PinkNoise;
  readonly #alpha: Oscillator;
  readonly #burst: Oscillator;
  readonly #mains: Oscillator;
  #eyes: EyesState = 'eyes-open';
  #eyesLeft: number;
  #alphaLevel: number = ALPHA['eyes-open'];
  /** Samples until the next blink begins; negative while one lasts. */
  #untilBlink: number;

  constructor(names: readonly string[], sampleRateHz: number, mainsHz: number, random: Random) {
    this.#random = random;
    this.#normal = approximatelyNormal(random);
    this.#rate = sampleRateHz;
    this.#shared = new PinkNoise(this.#normal);
    this.#channels = names.map((name) => ({
      offset: (2 * random() - 1) * OFFSET_MICROVOLTS,
      alphaShare: isPosterior(name) ? 0.8 + 0.2 * random() : 0.125,
      blinkShare: isFrontal(name) ? 0.9 + 0.1 * random() : 0.05,
      mainsShare: 0.5 + random(),
      noise: new PinkNoise(this.#normal),
    }));
    this.#alpha = new Oscillator(sampleRateHz, ALPHA_HZ);
    this.#burst = new Oscillator(sampleRateHz, ALPHA_BURST_HZ);
    this.#mains = new Oscillator(sampleRateHz, mainsHz);
    this.#eyesLeft = this.#samples(EYES_SECONDS);
    this.#untilBlink = this.#samples(BLINK.every);
  }

  /** What the wearer does at the next sample. */
  get eyes(): EyesState {
    return this.#eyes;
  }

  /** Samples until that changes. */
  get eyesLeft(): number {
    return this.#eyesLeft;
  }

  /** Writes the next `count` samples of every channel to `out`, microvolts; `count` is at most `eyesLeft`. */
  fill(out: readonly Float32Array[], count: number): void {
    const settle = 1 / (0.3 * this.#rate);
    for (let i = 0; i < count; i++) {
      this.#alphaLevel += settle * (ALPHA[this.#eyes] - this.#alphaLevel);
      const alpha = this.#alphaLevel * (0.75 + 0.25 * this.#burst.next()) * this.#alpha.next();
      const mains = MAINS_MICROVOLTS * Math.SQRT2 * this.#mains.next();
      const blink = this.#blink();
      const shared = SHARED_RMS * this.#shared.next();
      for (let c = 0; c < this.#channels.length; c++) {
        const { offset, alphaShare, blinkShare, mainsShare, noise } = this.#channels[c]!;
        out[c]![i] =
          offset +
          shared +
          OWN_RMS * noise.next() +
          WHITE_RMS * this.#normal() +
          alphaShare * alpha +
          blinkShare * blink +
          mainsShare * mains;
      }
    }
    this.#eyesLeft -= count;
    if (this.#eyesLeft > 0) return;
    this.#eyes = this.#eyes === 'eyes-open' ? 'eyes-closed' : 'eyes-open';
    this.#eyesLeft = this.#samples(EYES_SECONDS);
  }

  /** Half a sine of `BLINK.seconds`, now and then; none begins while the eyes are closed. */
  #blink(): number {
    this.#untilBlink--;
    if (this.#untilBlink >= 0) return 0;
    const length = BLINK.seconds * this.#rate;
    if (this.#untilBlink === -1 && this.#eyes === 'eyes-closed') this.#untilBlink = this.#samples(BLINK.every);
    else if (-this.#untilBlink > length) this.#untilBlink = this.#samples(BLINK.every);
    else return BLINK.microvolts * Math.sin((Math.PI * -this.#untilBlink) / length);
    return 0;
  }

  #samples({ min, max }: { min: number; max: number }): number {
    return Math.max(1, Math.round((min + (max - min) * this.#random()) * this.#rate));
  }
}
