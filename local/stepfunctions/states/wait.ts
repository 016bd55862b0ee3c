import type { WaitState } from '../definition.ts';
import { StateError } from '../errors.ts';
import { evaluateField, evaluateSeconds, type Frame, type Transition, transition } from '../frame.ts';

/** Waits for a number of seconds, or until a time. */
export async function wait(state: WaitState, frame: Frame): Promise<Transition> {
  await frame.run.clock.sleep(await durationMs(state, frame), frame.signal);
  return transition(frame, state, frame.input);
}

async function durationMs({ Seconds, Timestamp }: WaitState, frame: Frame): Promise<number> {
  if (Seconds !== undefined) return (await evaluateSeconds(frame, 'Seconds', Seconds, 0)) * 1000;
  const timestamp = await evaluateField(frame, 'Timestamp', Timestamp);
  const untilMs = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(untilMs)) {
    throw new StateError(
      'States.QueryEvaluationError',
      `The field 'Timestamp' must be a time such as 2026-11-23T10:00:00Z, received ${JSON.stringify(timestamp)}.`,
    );
  }
  return Math.max(0, untilMs - frame.run.clock.now());
}
