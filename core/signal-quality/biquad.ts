/**
 * Second-order filter sections with state, for streams that arrive in blocks of any size.
 * Coefficients: R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients".
 */

/** Normalised so that a0 = 1: `y = b0 x + b1 x' + b2 x'' - a1 y' - a2 y''`. */
export interface Section {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** Quality factors of the two sections that together make a 4th-order Butterworth response. */
export const BUTTERWORTH_4 = [0.541196, 1.306563] as const;

export function highPass(sampleRateHz: number, cutoffHz: number, q: number): Section {
  const { cos, alpha } = prewarp(sampleRateHz, cutoffHz, q);
  return normalise((1 + cos) / 2, -(1 + cos), (1 + cos) / 2, cos, alpha);
}

export function lowPass(sampleRateHz: number, cutoffHz: number, q: number): Section {
  const { cos, alpha } = prewarp(sampleRateHz, cutoffHz, q);
  return normalise((1 - cos) / 2, 1 - cos, (1 - cos) / 2, cos, alpha);
}

/** Removes `centreHz`; `q` = centre / width of the -3 dB band. */
export function notch(sampleRateHz: number, centreHz: number, q: number): Section {
  const { cos, alpha } = prewarp(sampleRateHz, centreHz, q);
  return normalise(1, -2 * cos, 1, cos, alpha);
}

/** One stream's way through a chain of sections. Sections may be shared by many cascades; the state is its own. */
export class Cascade {
  readonly #sections: readonly Section[];
  /** Two values per section, transposed direct form II. */
  readonly #state: Float64Array;

  constructor(sections: readonly Section[]) {
    this.#sections = sections;
    this.#state = new Float64Array(2 * sections.length);
  }

  /**
   * Puts the filter where it would be had `value` been its input forever, so that a stream with an offset of
   * thousands of microvolts does not begin with seconds of ringing.
   */
  prime(value: number): void {
    let input = value;
    for (let i = 0; i < this.#sections.length; i++) {
      const { b0, b1, b2, a1, a2 } = this.#sections[i]!;
      const output = (input * (b0 + b1 + b2)) / (1 + a1 + a2);
      this.#state[2 * i] = output - b0 * input;
      this.#state[2 * i + 1] = b2 * input - a2 * output;
      input = output;
    }
  }

  /** Filters the first `count` values of `block` in place. All must be finite: one NaN would stay in the state. */
  filter(block: Float64Array, count: number): void {
    for (let i = 0; i < this.#sections.length; i++) {
      const { b0, b1, b2, a1, a2 } = this.#sections[i]!;
      let s1 = this.#state[2 * i]!;
      let s2 = this.#state[2 * i + 1]!;
      for (let k = 0; k < count; k++) {
        const x = block[k]!;
        const y = b0 * x + s1;
        s1 = b1 * x - a1 * y + s2;
        s2 = b2 * x - a2 * y;
        block[k] = y;
      }
      this.#state[2 * i] = s1;
      this.#state[2 * i + 1] = s2;
    }
  }
}

function prewarp(sampleRateHz: number, frequencyHz: number, q: number): { cos: number; alpha: number } {
  if (!(frequencyHz > 0 && frequencyHz < sampleRateHz / 2)) {
    throw new RangeError(
      `filter frequency is ${frequencyHz} Hz; at ${sampleRateHz} samples per second it must lie between 0 and ${sampleRateHz / 2} Hz`,
    );
  }
  const omega = (2 * Math.PI * frequencyHz) / sampleRateHz;
  return { cos: Math.cos(omega), alpha: Math.sin(omega) / (2 * q) };
}

function normalise(b0: number, b1: number, b2: number, cos: number, alpha: number): Section {
  const a0 = 1 + alpha;
  return { b0: b0 / a0, b1: b1 / a0, b2: b2 / a0, a1: (-2 * cos) / a0, a2: (1 - alpha) / a0 };
}
