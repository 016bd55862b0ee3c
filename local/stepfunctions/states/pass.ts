import type { PassState } from '../definition.ts';
import { type Frame, type Transition, transition } from '../frame.ts';

/** Passes its input on, or what `Output` makes of it. */
export function pass(state: PassState, frame: Frame): Promise<Transition> {
  return transition(frame, state, frame.input);
}
