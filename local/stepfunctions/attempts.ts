import type { Catcher, Retrier } from './definition.ts';
import { matches, StateError } from './errors.ts';
import { type Frame, type Transition, transition } from './frame.ts';

/** Defaults and limits of Amazon States Language for `Retry`. */
const DEFAULT_INTERVAL_SECONDS = 1;
const DEFAULT_BACKOFF_RATE = 2;
const DEFAULT_MAX_ATTEMPTS = 3;

/**
 * Runs a state's work, again as its `Retry` says, and turns what it finally throws into a transition as its `Catch`
 * says. Each retrier counts its own attempts.
 * @param work is given how often it was tried before (`$states.context.State.RetryCount`)
 * @throws StateError when no catcher matches
 */
export async function attempts(
  frame: Frame,
  state: { readonly Retry?: readonly Retrier[]; readonly Catch?: readonly Catcher[] },
  work: (retryCount: number) => Promise<Transition>,
): Promise<Transition> {
  const { clock, world } = frame.run;
  const used = new Map<Retrier, number>();
  for (let retryCount = 0; ; retryCount++) {
    try {
      return await work(retryCount);
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      const retrier = state.Retry?.find(({ ErrorEquals }) => matches(ErrorEquals, error.error));
      const tried = retrier ? (used.get(retrier) ?? 0) : 0;
      if (retrier && tried < (retrier.MaxAttempts ?? DEFAULT_MAX_ATTEMPTS)) {
        used.set(retrier, tried + 1);
        await clock.sleep(delayMs(retrier, tried, world.random), frame.signal);
        continue;
      }
      const catcher = state.Catch?.find(({ ErrorEquals }) => matches(ErrorEquals, error.error));
      if (!catcher) throw error;
      return transition(frame, catcher, error.output, { errorOutput: error.output });
    }
  }
}

/** `IntervalSeconds * BackoffRate^tried`, capped by `MaxDelaySeconds`; full jitter draws from 0 up to that. */
export function delayMs(retrier: Retrier, tried: number, random: () => number): number {
  const { IntervalSeconds = DEFAULT_INTERVAL_SECONDS, BackoffRate = DEFAULT_BACKOFF_RATE, MaxDelaySeconds } = retrier;
  const seconds = Math.min(IntervalSeconds * BackoffRate ** tried, MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return Math.round((retrier.JitterStrategy === 'FULL' ? random() * seconds : seconds) * 1000);
}
