import type { Clock } from './clock.ts';
import type { Definition } from './definition.ts';
import { ExecutionEnd, StateError } from './errors.ts';
import { History } from './history.ts';
import { call, type IntegrationPorts } from './integrations.ts';
import { runMachine } from './interpreter.ts';
import type { World } from './jsonata.ts';
import type { Tokens } from './tokens.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';

export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: Definition;
  /** The text it was made from. */
  readonly source: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** What an execution needs of the world. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: () => number;
  readonly newUuid: () => string;
  readonly tokens: Tokens;
  readonly ports: IntegrationPorts;
}

/** One execution: runs from the moment it is made. */
export class Execution {
  readonly arn: string;
  readonly name: string;
  readonly machine: StateMachine;
  /** JSON text, as it was given. */
  readonly input: string;
  readonly startedAt: number;
  readonly history: History;
  /** Resolves when the execution has ended, however. */
  readonly ended: Promise<void>;
  status: ExecutionStatus = 'RUNNING';
  stoppedAt?: number;
  /** JSON text. */
  output?: string;
  error?: string | undefined;
  cause?: string;
  readonly #end = new AbortController();

  constructor(arn: string, name: string, machine: StateMachine, input: string, surroundings: Surroundings) {
    this.arn = arn;
    this.name = name;
    this.machine = machine;
    this.input = input;
    this.startedAt = surroundings.clock.now();
    this.history = new History(surroundings.clock.now);
    this.ended = this.#run(surroundings);
  }

  /** Ends a running execution as ABORTED. */
  stop(error: string | undefined, cause: string): void {
    this.#end.abort(new ExecutionEnd('ABORTED', error, cause));
  }

  async #run(surroundings: Surroundings): Promise<void> {
    const { clock, random, newUuid, tokens, ports } = surroundings;
    const { machine, history } = this;
    const world: World = { now: clock.now, random, uuid: newUuid };
    const input: unknown = JSON.parse(this.input);
    const context = {
      Execution: {
        Id: this.arn,
        Name: this.name,
        Input: input,
        RoleArn: machine.roleArn,
        StartTime: new Date(this.startedAt).toISOString(),
      },
      StateMachine: { Id: machine.arn, Name: machine.name },
    };
    const done = new AbortController();
    this.#limitTime(machine.definition.TimeoutSeconds, clock, done.signal);
    try {
      history.add('ExecutionStarted', { input: this.input, roleArn: machine.roleArn });
      const run = {
        clock,
        world,
        history,
        tokens,
        machineArn: machine.arn,
        call: (action: string, argument: unknown) => call(action, argument, machine.roleArn, ports),
      };
      const output = await runMachine(run, machine.definition, input, this.#end.signal, { variables: {}, context });
      this.output = JSON.stringify(output);
      this.#finish('SUCCEEDED', clock, { output: this.output });
    } catch (error) {
      this.#fail(error, clock);
    } finally {
      done.abort();
    }
  }

  #limitTime(seconds: number | undefined, clock: Clock, done: AbortSignal): void {
    if (seconds === undefined) return;
    clock.sleep(seconds * 1000, done).then(
      () =>
        this.#end.abort(
          new ExecutionEnd('TIMED_OUT', 'States.Timeout', `The execution took longer than ${seconds} s.`),
        ),
      () => {},
    );
  }

  #fail(error: unknown, clock: Clock): void {
    const end =
      error instanceof ExecutionEnd
        ? error
        : error instanceof StateError
          ? new ExecutionEnd('FAILED', error.error, error.message)
          : new ExecutionEnd(
              'FAILED',
              'States.Runtime',
              error instanceof Error ? (error.stack ?? error.message) : String(error),
            );
    this.error = end.error;
    this.cause = end.message;
    this.#finish(end.status, clock, { error: end.error, cause: end.message });
  }

  #finish(status: Exclude<ExecutionStatus, 'RUNNING'>, clock: Clock, details: Readonly<Record<string, unknown>>): void {
    this.status = status;
    this.stoppedAt = clock.now();
    const type = {
      SUCCEEDED: 'ExecutionSucceeded',
      FAILED: 'ExecutionFailed',
      ABORTED: 'ExecutionAborted',
      TIMED_OUT: 'ExecutionTimedOut',
    };
    this.history.end(type[status], details);
  }
}
