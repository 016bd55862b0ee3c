import { ExponentialHistogramRecorder } from './exponential-histogram.ts';
import type { ExponentialHistogram } from './model.ts';

export const MINUTE_MS = 60_000;

/** What was observed in `(startMs, timeMs]`, a whole minute of the clock. */
export interface MinuteRollup {
  readonly startMs: number;
  readonly timeMs: number;
  readonly histogram: ExponentialHistogram;
}

/**
 * The exact distribution of one series, minute by minute: an observation belongs to the minute of the clock it was
 * made in, whenever the roll-ups are collected. A minute that has not ended is never handed out.
 */
export class MinuteAggregator {
  private readonly recorder = new ExponentialHistogramRecorder();
  private readonly completed: MinuteRollup[] = [];
  /** End of the open minute; 0 while nothing has been observed in one. */
  private endMs = 0;

  observe(value: number, nowMs: number): void {
    // The second condition is a clock that was set back: what came before must not be mixed with what comes now.
    if (nowMs > this.endMs || nowMs <= this.endMs - MINUTE_MS) {
      this.seal();
      this.endMs = Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS;
    }
    this.recorder.record(value);
  }

  /** Whether something was observed in the minute that `nowMs` lies in. */
  hasObserved(nowMs: number): boolean {
    return nowMs <= this.endMs && nowMs > this.endMs - MINUTE_MS;
  }

  /** Hands out the minutes that ended before `nowMs`, oldest first, once. On its very stroke a minute may still grow. */
  drain(nowMs: number): MinuteRollup[] {
    if (this.endMs > 0 && nowMs > this.endMs) this.seal();
    return this.completed.splice(0);
  }

  private seal(): void {
    if (this.endMs === 0) return;
    const histogram = this.recorder.snapshot();
    if (histogram.count > 0) {
      this.completed.push({ startMs: this.endMs - MINUTE_MS, timeMs: this.endMs, histogram });
    }
    this.recorder.reset();
    this.endMs = 0;
  }
}
