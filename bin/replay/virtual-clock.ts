import { WakeUps } from '../../core/replay/wake-ups.ts';
import type { Clock } from '../../edge-agent/boards/board.ts';

interface Timer {
  readonly callback: () => void;
  isCancelled: boolean;
}

/** Time that passes as fast as there is something to do. */
export class VirtualClock implements Clock {
  readonly #timers = new WakeUps<Timer>();
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    const timer = { callback, isCancelled: false };
    this.#timers.add(this.#nowMs + delayMs, timer);
    return () => {
      timer.isCancelled = true;
    };
  }

  /** Calls what falls due until then, each at its time. */
  advanceTo(untilMs: number): void {
    while (this.#timers.nextMs <= untilMs) {
      const next = this.#timers.take();
      if (!next || next.what.isCancelled) continue;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.what.callback();
    }
    this.#nowMs = untilMs;
  }
}
