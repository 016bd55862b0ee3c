/** Strength of one frequency in a stream, by Goertzel's recurrence: one multiplication per sample, no buffer. */
export class Goertzel {
  readonly #coefficient: number;
  #s1 = 0;
  #s2 = 0;
  #count = 0;

  constructor(sampleRateHz: number, frequencyHz: number) {
    this.#coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / sampleRateHz);
  }

  push(block: Float64Array, count: number): void {
    const c = this.#coefficient;
    let s1 = this.#s1;
    let s2 = this.#s2;
    for (let i = 0; i < count; i++) {
      const s = block[i]! + c * s1 - s2;
      s2 = s1;
      s1 = s;
    }
    this.#s1 = s1;
    this.#s2 = s2;
    this.#count += count;
  }

  /** Root mean square of the frequency since the last call, in the unit of the samples; 0 without samples. */
  takeRms(): number {
    const power = this.#s1 * this.#s1 + this.#s2 * this.#s2 - this.#coefficient * this.#s1 * this.#s2;
    const rms = this.#count === 0 ? 0 : (Math.SQRT2 * Math.sqrt(Math.max(0, power))) / this.#count;
    this.#s1 = 0;
    this.#s2 = 0;
    this.#count = 0;
    return rms;
  }
}
