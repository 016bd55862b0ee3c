import type { SucceedState } from '../definition.ts';
import { type Frame, type Transition, transition } from '../frame.ts';

/** Ends its machine well. */
export function succeed(state: SucceedState, frame: Frame): Promise<Transition> {
  return transition(frame, state, frame.input);
}
