import type { ChoiceState } from '../definition.ts';
import { StateError } from '../errors.ts';
import { evaluateField, type Frame, type Transition, transition } from '../frame.ts';

/** Goes where the first rule whose condition is true says, else to the default. */
export async function choice(state: ChoiceState, frame: Frame): Promise<Transition> {
  for (const [i, rule] of state.Choices.entries()) {
    const holds = await evaluateField(frame, `Choices[${i}]/Condition`, rule.Condition);
    if (typeof holds !== 'boolean') {
      throw new StateError(
        'States.QueryEvaluationError',
        `The field 'Choices[${i}]/Condition' must be true or false, received ${JSON.stringify(holds)}.`,
      );
    }
    if (holds) return transition(frame, rule, frame.input);
  }
  if (state.Default === undefined) {
    throw new StateError(
      'States.NoChoiceMatched',
      `No rule of the state '${frame.name}' matches and it has no Default.`,
    );
  }
  return transition(frame, { ...state, Next: state.Default }, frame.input);
}
