/** The signal-processing step: band-pass and notch, block by block, and the window of what was filtered. */

import { BUTTERWORTH_4, Cascade, highPass, lowPass, notch, type Section } from '../../core/signal-quality/biquad.ts';

const NOTCH_Q = 10;

export class BlockFilter {
  readonly #cascades: readonly Cascade[];
  /** The newest `windowLength` filtered samples of each channel, oldest first. */
  readonly windows: readonly Float64Array[];
  readonly #scratch: Float64Array;
  readonly #last: Float64Array;
  #filled = 0;

  constructor(
    channelCount: number,
    sampleRateHz: number,
    mainsHz: number | undefined,
    blockLength: number,
    windowLength: number,
  ) {
    const sections = design(sampleRateHz, mainsHz);
    this.#cascades = Array.from({ length: channelCount }, () => new Cascade(sections));
    this.windows = Array.from({ length: channelCount }, () => new Float64Array(windowLength));
    this.#scratch = new Float64Array(blockLength);
    this.#last = new Float64Array(channelCount).fill(Number.NaN);
  }

  /** Whether the windows hold filtered samples only. */
  get isFull(): boolean {
    return this.#filled >= this.windows[0]!.length;
  }

  /** Filters a block of raw samples per channel; NaN is replaced by the last finite value. */
  process(block: readonly Float64Array[]): void {
    const length = block[0]!.length;
    for (let c = 0; c < this.#cascades.length; c++) {
      this.#fillIn(c, block[c]!);
      this.#cascades[c]!.filter(this.#scratch, length);
      const window = this.windows[c]!;
      window.copyWithin(0, length);
      window.set(this.#scratch.subarray(0, length), window.length - length);
    }
    this.#filled += length;
  }

  /** The next block does not continue the last one. */
  forget(): void {
    this.#last.fill(Number.NaN);
    this.#filled = 0;
  }

  #fillIn(channel: number, samples: Float64Array): void {
    let last = this.#last[channel]!;
    for (let i = 0; i < samples.length; i++) {
      const value = samples[i]!;
      if (Number.isFinite(value)) {
        if (Number.isNaN(last)) {
          this.#cascades[channel]!.prime(value);
          this.#scratch.fill(value, 0, i);
        }
        last = value;
      }
      this.#scratch[i] = Number.isNaN(last) ? 0 : last;
    }
    this.#last[channel] = last;
  }
}

function design(sampleRateHz: number, mainsHz: number | undefined): Section[] {
  const below = (frequencyHz: number): boolean => frequencyHz < 0.49 * sampleRateHz;
  return [
    ...BUTTERWORTH_4.map((q) => highPass(sampleRateHz, 1, q)),
    ...(mainsHz === undefined ? [50, 60] : [mainsHz]).filter(below).map((f) => notch(sampleRateHz, f, NOTCH_Q)),
    ...(below(45) ? BUTTERWORTH_4.map((q) => lowPass(sampleRateHz, 45, q)) : []),
  ];
}
