import type { Machine, State } from './definition.ts';
import { StateError } from './errors.ts';
import type { Frame, Run, Transition } from './frame.ts';
import { choice } from './states/choice.ts';
import { fail } from './states/fail.ts';
import { map } from './states/map.ts';
import { parallel } from './states/parallel.ts';
import { pass } from './states/pass.ts';
import { succeed } from './states/succeed.ts';
import { task } from './states/task.ts';
import { wait } from './states/wait.ts';

/** Input or output of a state, as UTF-8 text: Step Functions' quota. */
const MAX_PAYLOAD_BYTES = 256 * 1024;

/**
 * Runs the states of a machine from its start to its end.
 * @param outer variables and context of the machine around it: a branch sees them, and keeps its own to itself
 * @returns the output of the last state
 * @throws StateError that no state caught; ExecutionEnd when the execution is over
 */
export async function runMachine(
  run: Run,
  machine: Machine,
  input: unknown,
  signal: AbortSignal,
  outer: Pick<Frame, 'variables' | 'context'>,
): Promise<unknown> {
  let variables = outer.variables;
  let data = input;
  for (let name: string | undefined = machine.StartAt; name !== undefined; ) {
    signal.throwIfAborted();
    const state = machine.States[name] as State;
    run.history.add(`${state.Type}StateEntered`, { name, input: JSON.stringify(data) });
    const context = {
      ...outer.context,
      State: { Name: name, EnteredTime: new Date(run.clock.now()).toISOString(), RetryCount: 0 },
    };
    const frame: Frame = {
      run,
      name,
      input: data,
      variables,
      context,
      signal,
      branch: (inner, innerInput, innerSignal, more) =>
        runMachine(run, inner, innerInput, innerSignal, {
          variables: frame.variables,
          context: { ...context, ...more },
        }),
    };
    const { output, assign, next }: Transition = await runState(state, frame);
    checkSize(name, output);
    run.history.add(`${state.Type}StateExited`, { name, output: JSON.stringify(output) });
    variables = { ...variables, ...assign };
    data = output;
    name = next;
  }
  return data;
}

function runState(state: State, frame: Frame): Promise<Transition> {
  switch (state.Type) {
    case 'Pass':
      return pass(state, frame);
    case 'Task':
      return task(state, frame);
    case 'Choice':
      return choice(state, frame);
    case 'Wait':
      return wait(state, frame);
    case 'Succeed':
      return succeed(state, frame);
    case 'Fail':
      return fail(state, frame);
    case 'Parallel':
      return parallel(state, frame);
    case 'Map':
      return map(state, frame);
  }
}

function checkSize(name: string, output: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(output));
  if (bytes <= MAX_PAYLOAD_BYTES) return;
  throw new StateError(
    'States.DataLimitExceeded',
    `The output of the state '${name}' has ${bytes} bytes; ${MAX_PAYLOAD_BYTES} are allowed.`,
  );
}
