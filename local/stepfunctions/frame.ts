import type { Clock } from './clock.ts';
import type { Machine } from './definition.ts';
import { StateError } from './errors.ts';
import type { History } from './history.ts';
import { evaluate, type World } from './jsonata.ts';
import type { Tokens } from './tokens.ts';

/** What all states of one execution share. */
export interface Run {
  readonly clock: Clock;
  readonly world: World;
  readonly history: History;
  readonly tokens: Tokens;
  readonly machineArn: string;
  /** Calls a service as the machine's role. */
  call(action: string, argument: unknown): Promise<unknown>;
}

/** One state being executed. */
export interface Frame {
  readonly run: Run;
  readonly name: string;
  readonly input: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
  /** `$states.context`. */
  readonly context: Readonly<Record<string, unknown>>;
  /** Aborts when the execution ends, or when a sibling branch fails. */
  readonly signal: AbortSignal;
  /** Runs the states of a branch or an item to their end and gives its output. */
  branch(
    machine: Machine,
    input: unknown,
    signal: AbortSignal,
    context: Readonly<Record<string, unknown>>,
  ): Promise<unknown>;
}

/** Where a state leads: its output, what it assigns, and the state after it (none at the end of its machine). */
export interface Transition {
  readonly output: unknown;
  readonly assign: Readonly<Record<string, unknown>>;
  readonly next: string | undefined;
}

/** What `$states` shows beside input and context. */
export interface Outcome {
  readonly result?: unknown;
  readonly errorOutput?: unknown;
}

/** Evaluates one field of a state. @throws StateError States.QueryEvaluationError */
export function evaluateField(frame: Frame, field: string, template: unknown, outcome: Outcome = {}): Promise<unknown> {
  const { input, context, variables, run } = frame;
  return evaluate(template, field, { states: { input, context, ...outcome }, variables }, run.world);
}

/** Evaluates a field that must be a number of whole seconds. */
export async function evaluateSeconds(
  frame: Frame,
  field: string,
  template: number | string,
  least: number,
): Promise<number> {
  const seconds = await evaluateField(frame, field, template);
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= least && seconds <= MAX_SECONDS)
    return seconds;
  throw new StateError(
    'States.QueryEvaluationError',
    `The field '${field}' must be a whole number of seconds from ${least} to ${MAX_SECONDS}, received ${JSON.stringify(seconds)}.`,
  );
}

/** About three years: the longest wait that Step Functions takes. */
const MAX_SECONDS = 99_999_999;

/** The end of a state: its `Output` (or `usual` when it has none) and its `Assign`, which both see the old variables. */
export async function transition(
  frame: Frame,
  state: { readonly Output?: unknown; readonly Assign?: Readonly<Record<string, unknown>>; readonly Next?: string },
  usual: unknown,
  outcome: Outcome = {},
): Promise<Transition> {
  const output = state.Output === undefined ? usual : await evaluateField(frame, 'Output', state.Output, outcome);
  const assign = state.Assign === undefined ? {} : await evaluateField(frame, 'Assign', state.Assign, outcome);
  return { output, assign: assign as Readonly<Record<string, unknown>>, next: state.Next };
}
