import { attempts } from '../attempts.ts';
import type { ParallelState } from '../definition.ts';
import { evaluateField, type Frame, type Transition, transition } from '../frame.ts';
import { together } from '../together.ts';

/** Runs its branches at the same time on the same input; the result is the list of their outputs. */
export function parallel(state: ParallelState, frame: Frame): Promise<Transition> {
  return attempts(frame, state, async () => {
    const input =
      state.Arguments === undefined ? frame.input : await evaluateField(frame, 'Arguments', state.Arguments);
    frame.run.history.add('ParallelStateStarted');
    const result = await together(frame.signal, state.Branches, state.Branches.length, (branch, _, signal) =>
      frame.branch(branch, input, signal, {}),
    );
    frame.run.history.add('ParallelStateSucceeded');
    return transition(frame, state, result, { result });
  });
}
