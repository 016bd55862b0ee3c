/** What happened in each of the last 60 seconds, and what it says about the connection. */

/** One second for the neighbour rule of `isGood` beyond the 60 that are judged. */
const KEPT = 61;
const JUDGED = 60;
/** What each reconnect within the last 60 s costs. */
const RECONNECT_COST = 0.1;
const ERROR_RATE_SECONDS = 10;

const FIELDS = ['received', 'lost', 'bad', 'reconnects'] as const;
type Field = (typeof FIELDS)[number];

export class Seconds {
  readonly #counts: Readonly<Record<Field, Float64Array>> = {
    received: new Float64Array(KEPT),
    lost: new Float64Array(KEPT),
    bad: new Float64Array(KEPT),
    reconnects: new Float64Array(KEPT),
  };
  readonly #expected: number;
  /** The first second that was whole, and the running one; NaN before the first `add` or `advance`. */
  #first = Number.NaN;
  #now = Number.NaN;

  /** `expectedPerSecond`: samples of one channel. */
  constructor(expectedPerSecond: number) {
    this.#expected = expectedPerSecond;
  }

  add(nowMs: number, field: Field, count: number): void {
    this.advance(nowMs);
    this.#counts[field][this.#now % KEPT]! += count;
  }

  advance(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    if (Number.isNaN(this.#now)) {
      this.#now = second;
      this.#first = second + 1;
    }
    // Time that stood still or ran back changes nothing; a long pause clears all that is kept.
    this.#now = Math.max(this.#now, second - KEPT);
    while (this.#now < second) {
      this.#now++;
      for (const field of FIELDS) this.#counts[field][this.#now % KEPT] = 0;
    }
  }

  /** Lost, overdue and bad samples as a share of the expected ones, over the last 10 s. `overdue`: not yet called lost. */
  errorRate(overdue: number): number {
    return this.#errorRate(ERROR_RATE_SECONDS, overdue);
  }

  /**
   * Share of the last 60 s in which at least 90 % of the samples came, less the error rate, less 0.1 per reconnect;
   * 0 to 1, undefined before one second could be judged.
   */
  stability(overdue: number): number | undefined {
    let judged = 0;
    let good = 0;
    // The second before the running one is judged only when its successor is complete.
    for (let second = this.#now - 2; second > this.#now - 1 - JUDGED && second >= this.#first; second--) {
      judged++;
      if (this.#isGood(second)) good++;
    }
    if (judged === 0) return undefined;
    const steady = (good / judged) * (1 - this.#errorRate(JUDGED, overdue));
    return Math.min(1, Math.max(0, steady - RECONNECT_COST * this.#sum('reconnects', JUDGED)));
  }

  /** A late chunk that the next second makes up for is no fault: radios deliver in bursts. */
  #isGood(second: number): boolean {
    const at = (s: number): number => this.#counts.received[s % KEPT]!;
    const own = at(second);
    if (own >= 0.9 * this.#expected || own + at(second + 1) >= 1.9 * this.#expected) return true;
    return second > this.#first && own + at(second - 1) >= 1.9 * this.#expected;
  }

  #errorRate(seconds: number, overdue: number): number {
    const wrong = this.#sum('lost', seconds) + this.#sum('bad', seconds) + overdue;
    const all = this.#sum('received', seconds) + wrong;
    return all === 0 ? 0 : wrong / all;
  }

  #sum(field: Field, seconds: number): number {
    let sum = 0;
    for (let i = 0; i < seconds && i < KEPT; i++) sum += this.#counts[field][(this.#now - i + KEPT) % KEPT]!;
    return Number.isNaN(sum) ? 0 : sum;
  }
}
