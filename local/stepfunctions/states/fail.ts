import type { FailState } from '../definition.ts';
import { StateError } from '../errors.ts';
import { evaluateField, type Frame, type Transition } from '../frame.ts';

/** Ends its machine with an error. */
export async function fail({ Error: error, Cause }: FailState, frame: Frame): Promise<Transition> {
  throw new StateError(
    error === undefined ? '' : String(await evaluateField(frame, 'Error', error)),
    Cause === undefined ? '' : String(await evaluateField(frame, 'Cause', Cause)),
  );
}
