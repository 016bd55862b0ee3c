import { setTimeout as sleep } from 'node:timers/promises';

/** Ctrl-C, a polite kill, and a terminal that goes away. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What a shell reports of a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** The person has had enough: the run ends in order. It is the reason of the aborted signal. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  static readonly exitCode = INTERRUPTED;
}

/**
 * Listens for interruptions: the first aborts the signal, a second one ends the process at once.
 * @returns the signal, and what ends the listening
 */
export function onInterrupt(): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController();
  const listener = (name: NodeJS.Signals): void => {
    // A terminal that goes away says so more than once: the kernel does, and the shell. That is no impatience.
    if (controller.signal.aborted && name !== 'SIGHUP') process.exit(INTERRUPTED);
    controller.abort(new Interrupted('interrupted'));
  };
  for (const name of SIGNALS) process.on(name, listener);
  // A terminal that is gone, or a pipe whose reader has ended: there is nobody to say anything to.
  const unheard = (): void => controller.abort(new Interrupted('nobody reads the output'));
  process.stdout.on('error', unheard);
  return {
    signal: controller.signal,
    end: () => {
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
}

/** @throws Interrupted as soon as the signal is aborted */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}

/** Never returns. @throws Interrupted */
export async function untilInterrupted(signal: AbortSignal): Promise<never> {
  for (;;) await pause(60_000, signal);
}
