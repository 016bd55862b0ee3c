/**
 * How late chunks arrive, and which samples never will.
 *
 * Without a device clock only the *excess* is knowable: each chunk's arrival, compared with the earliest arrivals of
 * the last seconds for its place in the stream (the lower envelope of the line of samples over time). An excess that
 * stays is no delay but a gap: the samples before it were lost. Where the device counts its samples, the counter tells
 * the loss at once but only modulo its range (an 8-bit counter once showed 242 lost samples where 1,757 were), so the
 * excess tells how often it went round.
 */

/** The envelope: minima of this many seconds with data. */
const ENVELOPE_SECONDS = 10;
/** An excess of this many seconds with data, without one timely chunk, is a gap. */
const SETTLED_SECONDS = 2;
/** Below this, bursts of a radio are likelier than loss: a healthy Bluetooth link was seen 178 ms late. */
const GAP_MS = 250;
/** Chunks; a steady delay that is no gap must be reported some time. */
const MAX_UNDECIDED = 1_000;

export class Lateness {
  readonly #counterModulus: number | undefined;
  /** Lag minima of the last seconds with data, newest last; lag is host time minus time by samples. */
  #minima: number[] = [];
  #second = Number.NaN;
  #lag = 0;
  #lastMs = Number.NaN;
  /** Lags of chunks that came late for now: whether late or after a gap is not decided yet. */
  #undecided: number[] = [];

  constructor(counterModulus: number | undefined) {
    this.#counterModulus = counterModulus;
  }

  /**
   * A chunk arrived at `timeMs`, `samples` after the one before, known losses included, at `rateHz`.
   * Returns how many samples more must have been lost, usually 0, and the excess latencies in ms, at least 0, that are
   * certain now: usually this chunk's; none while it could be a gap, then those of all chunks since.
   */
  push(timeMs: number, samples: number, rateHz: number): { excessesMs: number[]; lost: number } {
    if (!Number.isNaN(this.#lastMs)) this.#lag += timeMs - this.#lastMs - (1000 * samples) / rateHz;
    this.#lastMs = timeMs;
    const second = Math.floor(timeMs / 1000);
    let lost = 0;
    if (second === this.#second) {
      const newest = this.#minima.length - 1;
      this.#minima[newest] = Math.min(this.#minima[newest]!, this.#lag);
    } else {
      lost = this.#judgeGap(rateHz);
      this.#second = second;
      this.#minima.push(this.#lag);
      if (this.#minima.length > ENVELOPE_SECONDS + SETTLED_SECONDS) this.#minima.shift();
    }
    this.#undecided.push(this.#lag);
    const earliest = Math.min(...this.#minima);
    const decided = lost > 0 || this.#lag - earliest < GAP_MS || this.#undecided.length > MAX_UNDECIDED;
    const excessesMs = decided ? this.#undecided.map((lag) => Math.max(0, lag - earliest)) : [];
    if (decided) this.#undecided = [];
    return { excessesMs, lost };
  }

  /** What follows does not continue what came before. */
  forget(): void {
    this.#minima = [];
    this.#undecided = [];
    this.#second = Number.NaN;
    this.#lag = 0;
    this.#lastMs = Number.NaN;
  }

  #judgeGap(rateHz: number): number {
    if (this.#minima.length <= SETTLED_SECONDS) return 0;
    const recent = Math.min(...this.#minima.slice(-SETTLED_SECONDS));
    const before = Math.min(...this.#minima.slice(0, -SETTLED_SECONDS));
    if (recent - before < GAP_MS) return 0;
    const unit = this.#counterModulus ?? 1;
    const lost = unit * Math.round(((recent - before) * rateHz) / 1000 / unit);
    if (lost === 0) return 0;
    const shift = (1000 * lost) / rateHz;
    this.#lag -= shift;
    this.#undecided = this.#undecided.map((lag) => lag - shift);
    this.#minima = this.#minima.map((lag, i) => (i < this.#minima.length - SETTLED_SECONDS ? lag : lag - shift));
    return lost;
  }
}
