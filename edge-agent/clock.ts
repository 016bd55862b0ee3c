import type { Clock } from './boards/board.ts';
import { systemClock } from './boards/system-clock.ts';

/** The clock of an agent: durations as boards use them, and the instant of the day that points are stamped with. */
export interface AgentClock extends Clock {
  /** Milliseconds since 1970. May jump, when the host's clock is set. */
  epochMs(): number;
}

export const systemAgentClock: AgentClock = { ...systemClock, epochMs: () => Date.now() };

/** Calls `task` every `periodMs`; the returned function ends it. A late call makes the next one no earlier. */
export function every(clock: Clock, periodMs: number, task: () => void): () => void {
  let cancel = clock.setTimer(periodMs, run);
  function run(): void {
    cancel = clock.setTimer(periodMs, run);
    task();
  }
  return () => cancel();
}
