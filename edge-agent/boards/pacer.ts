/** Lets samples fall due in real time: what was due since the last turn of the timer, as a whole number. */

import type { Clock } from './board.ts';

/** Every 40 ms, as a driver that collects ten samples of a 250 Hz board. */
const INTERVAL_MS = 40;
/** A host that slept longer than this resumes from now: a real device would not have kept the samples either. */
const MAX_BEHIND_MS = 5_000;

/**
 * Calls `onDue(count)` until the returned function is called. A timer that comes late is made up for, so that the rate
 * is exact in the long run.
 */
export function pace(clock: Clock, sampleRateHz: number, onDue: (count: number) => void): () => void {
  let startedMs = clock.nowMs();
  let delivered = 0;
  let stopped = false;
  let cancel = (): void => {};
  const turn = (): void => {
    const nowMs = clock.nowMs();
    let due = Math.floor(((nowMs - startedMs) * sampleRateHz) / 1000) - delivered;
    if (due > (MAX_BEHIND_MS * sampleRateHz) / 1000) {
      startedMs = nowMs;
      delivered = 0;
      due = 0;
    }
    delivered += due;
    if (due > 0) onDue(due);
    if (!stopped) cancel = clock.setTimer(INTERVAL_MS, turn);
  };
  cancel = clock.setTimer(INTERVAL_MS, turn);
  return () => {
    stopped = true;
    cancel();
  };
}
