import { StateError } from './errors.ts';
import type { Frame } from './frame.ts';
import type { Waiting } from './tokens.ts';

/**
 * Runs a task's work against its timeout, its heartbeat and the end of the execution, whichever comes first. The work
 * itself cannot be called back (a Lambda runs on), only its result is no longer wanted.
 * @param timeout seconds until States.Timeout
 * @param heartbeat seconds without a heartbeat until States.HeartbeatTimeout
 */
export async function withDeadline<T>(
  frame: Frame,
  timeout: number | undefined,
  heartbeat: number | undefined,
  waiting: Waiting | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const { clock } = frame.run;
  const done = new AbortController();
  const signal = AbortSignal.any([frame.signal, done.signal]);
  const contenders: Promise<T>[] = [work(), aborted(frame.signal, done.signal)];
  if (timeout !== undefined) contenders.push(expiry(clock.sleep(timeout * 1000, signal), 'States.Timeout'));
  if (heartbeat !== undefined && waiting)
    contenders.push(expiry(silence(frame, heartbeat, waiting, signal), 'States.HeartbeatTimeout'));
  try {
    return await Promise.race(contenders);
  } finally {
    done.abort();
    // The losers reject when their timers are cleared; nobody wants to hear of it.
    for (const contender of contenders) contender.catch(() => {});
  }
}

async function expiry(sleep: Promise<void>, error: string): Promise<never> {
  await sleep;
  throw new StateError(error, '');
}

/** Resolves when no heartbeat came for so many seconds. */
async function silence(frame: Frame, seconds: number, waiting: Waiting, signal: AbortSignal): Promise<void> {
  const { clock } = frame.run;
  let heardMs = clock.now();
  waiting.onHeartbeat(() => {
    heardMs = clock.now();
  });
  for (;;) {
    const leftMs = heardMs + seconds * 1000 - clock.now();
    if (leftMs <= 0) return;
    await clock.sleep(leftMs, signal);
  }
}

/** Rejects with the execution's end; falls silent when the race is over. */
function aborted(signal: AbortSignal, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    over.addEventListener('abort', () => signal.removeEventListener('abort', end), { once: true });
  });
}
