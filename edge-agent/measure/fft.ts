/** Power spectrum of a real signal by the radix-2 fast Fourier transform; tables made once, nothing allocated per call. */

export class PowerSpectrum {
  readonly #size: number;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #window: Float64Array;

  /** `size`: samples per transform, a power of two. */
  constructor(size: number) {
    if (size < 2 || (size & (size - 1)) !== 0) {
      throw new RangeError(`spectrum size is ${size}; it must be a power of two, at least 2`);
    }
    this.#size = size;
    this.#re = new Float64Array(size);
    this.#im = new Float64Array(size);
    this.#cos = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.#sin = Float64Array.from({ length: size / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / size));
    // Hann: the mean square of the window is 3/8.
    this.#window = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
  }

  /**
   * Writes the power of bins 0 .. size / 2 to `out` (length size / 2 + 1), in squared units of the signal: a sine of
   * amplitude A at a bin's frequency gives the three bins around it A^2 / 2 in sum. Hann window.
   */
  compute(samples: ArrayLike<number>, out: Float64Array): void {
    const n = this.#size;
    for (let i = 0; i < n; i++) {
      this.#re[i] = samples[i]! * this.#window[i]!;
      this.#im[i] = 0;
    }
    this.#transform();
    const scale = 2 / (n * n * 0.375);
    for (let k = 0; k <= n / 2; k++) out[k] = scale * (this.#re[k]! * this.#re[k]! + this.#im[k]! * this.#im[k]!);
  }

  #transform(): void {
    const n = this.#size;
    const re = this.#re;
    const im = this.#im;
    for (let i = 1, j = 0; i < n; i++) {
      let bit = n >> 1;
      for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i < j) {
        const r = re[i]!;
        re[i] = re[j]!;
        re[j] = r;
      }
    }
    for (let half = 1; half < n; half *= 2) {
      const stride = n / (2 * half);
      for (let start = 0; start < n; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const c = this.#cos[k * stride]!;
          const s = this.#sin[k * stride]!;
          const a = start + k;
          const b = a + half;
          const tr = re[b]! * c - im[b]! * s;
          const ti = re[b]! * s + im[b]! * c;
          re[b] = re[a]! - tr;
          im[b] = im[a]! - ti;
          re[a] = re[a]! + tr;
          im[a] = im[a]! + ti;
        }
      }
    }
  }
}
