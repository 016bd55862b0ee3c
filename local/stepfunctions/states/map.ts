import { attempts } from '../attempts.ts';
import type { MapState } from '../definition.ts';
import { StateError } from '../errors.ts';
import { evaluateField, type Frame, type Transition, transition } from '../frame.ts';
import { together } from '../together.ts';

/** An inline Map runs 40 items at once at most, and does so when it names no number, or 0. */
const MOST_AT_ONCE = 40;

/** Runs its processor once an item; the result is the list of their outputs in the items' order. */
export function map(state: MapState, frame: Frame): Promise<Transition> {
  return attempts(frame, state, async () => {
    const items = state.Items === undefined ? frame.input : await evaluateField(frame, 'Items', state.Items);
    if (!Array.isArray(items)) {
      throw new StateError(
        'States.QueryEvaluationError',
        `The field 'Items' must be a list, received ${JSON.stringify(items)}.`,
      );
    }
    const asked =
      state.MaxConcurrency === undefined
        ? 0
        : Number(await evaluateField(frame, 'MaxConcurrency', state.MaxConcurrency));
    const { history } = frame.run;
    history.add('MapStateStarted', { length: items.length });
    const result = await together(frame.signal, items, asked || MOST_AT_ONCE, async (item, index, signal) => {
      const iteration = { name: frame.name, index };
      history.add('MapIterationStarted', iteration);
      const output = await processItem(state, frame, item, index, signal);
      history.add('MapIterationSucceeded', iteration);
      return output;
    });
    history.add('MapStateSucceeded');
    return transition(frame, state, result, { result });
  });
}

async function processItem(
  state: MapState,
  frame: Frame,
  item: unknown,
  index: number,
  signal: AbortSignal,
): Promise<unknown> {
  const context = { Map: { Item: { Index: index, Value: item } } };
  const selected =
    state.ItemSelector === undefined
      ? item
      : await evaluateField(
          { ...frame, context: { ...frame.context, ...context } },
          'ItemSelector',
          state.ItemSelector,
        );
  return frame.branch(state.ItemProcessor, selected, signal, context);
}
