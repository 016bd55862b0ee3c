/** Samples per second by linear regression of a sample count on the host's clock. */

/** Points kept, at most one per `SPACING_MS`: 12.8 s, so that at least 10 s are always covered. */
const CAPACITY = 512;
const SPACING_MS = 25;
const WINDOW_MS = 10_000;
/** A shorter stretch is dominated by the burst with which a connection begins. */
const SHORTEST_MS = 3_000;

export class ArrivalRate {
  readonly #times = new Float64Array(CAPACITY);
  readonly #counts = new Float64Array(CAPACITY);
  #next = 0;
  #length = 0;

  /** `count` samples had arrived in all at `timeMs`. */
  push(timeMs: number, count: number): void {
    const last = (this.#next + CAPACITY - 1) % CAPACITY;
    if (this.#length > 0 && timeMs - this.#times[last]! < SPACING_MS) return;
    this.#times[this.#next] = timeMs;
    this.#counts[this.#next] = count;
    this.#next = (this.#next + 1) % CAPACITY;
    this.#length = Math.min(CAPACITY, this.#length + 1);
  }

  /** Per second, over the last 10 s; undefined before there are `atLeastMs` of data. */
  hertz(atLeastMs = SHORTEST_MS): number | undefined {
    if (this.#length < 2) return undefined;
    const newest = (this.#next + CAPACITY - 1) % CAPACITY;
    const t0 = this.#times[newest]!;
    const c0 = this.#counts[newest]!;
    let [n, sumT, sumC, sumTT, sumTC, spanMs] = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < this.#length; i++) {
      const at = (newest + CAPACITY - i) % CAPACITY;
      const t = this.#times[at]! - t0;
      if (-t > WINDOW_MS + SPACING_MS) break;
      const c = this.#counts[at]! - c0;
      n++;
      sumT += t;
      sumC += c;
      sumTT += t * t;
      sumTC += t * c;
      spanMs = -t;
    }
    const spread = n * sumTT - sumT * sumT;
    return spanMs < atLeastMs || spread <= 0 ? undefined : (1000 * (n * sumTC - sumT * sumC)) / spread;
  }

  forget(): void {
    this.#length = 0;
  }
}
