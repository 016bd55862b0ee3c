import { randomUUID } from 'node:crypto';
import { AwsError, arn, type Place } from '../aws/service.ts';
import { type Clock, systemClock } from './clock.ts';
import { Execution, type StateMachine, type Surroundings } from './execution.ts';
import type { IntegrationPorts } from './integrations.ts';
import { parseDefinition } from './parse.ts';
import { Tokens } from './tokens.ts';

export interface EngineOptions {
  readonly place: Place;
  /** Starting executions is the engine's own; the rest are the other services. */
  readonly ports: Omit<IntegrationPorts, 'startExecution'>;
  readonly clock?: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
}

/** For so long after its end the name of a Standard execution cannot be used again. */
const NAME_RESERVED_MS = 90 * 24 * 3_600_000;
/** Ended executions beyond these are forgotten, all but their names. */
const MAX_ENDED = 5000;

/** State machines and their executions, in memory. */
export class StepFunctions {
  readonly tokens: Tokens;
  readonly #machines = new Map<string, StateMachine>();
  readonly #executions = new Map<string, Execution>();
  /** Names in use by their execution's ARN: when they become free, epoch milliseconds. */
  readonly #names = new Map<string, number>();
  readonly #place: Place;
  readonly #surroundings: Surroundings;

  constructor({ place, ports, clock = systemClock, random = Math.random }: EngineOptions) {
    this.#place = place;
    this.tokens = new Tokens(() => Buffer.from(randomUUID()).toString('base64'));
    this.#surroundings = {
      clock,
      random,
      newUuid: randomUUID,
      tokens: this.tokens,
      ports: {
        ...ports,
        startExecution: async (machineArn, name, input) => {
          const execution = this.start(machineArn, name, input);
          return { executionArn: execution.arn, startDate: execution.startedAt };
        },
      },
    };
  }

  /** @throws Error listing what is wrong in the definition */
  createMachine(name: string, source: string, roleArn: string): StateMachine {
    const machine: StateMachine = {
      arn: arn(this.#place, 'states', `stateMachine:${name}`),
      name,
      roleArn,
      definition: parseDefinition(source),
      source,
      createdAt: this.#surroundings.clock.now(),
    };
    this.#machines.set(machine.arn, machine);
    return machine;
  }

  /** @throws AwsError StateMachineDoesNotExist */
  machine(machineArn: string): StateMachine {
    const machine = this.#machines.get(machineArn);
    if (!machine) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${machineArn}'`);
    return machine;
  }

  machines(): readonly StateMachine[] {
    return [...this.#machines.values()];
  }

  /**
   * Starts an execution; the same name with the same input gives the one that runs already.
   * @throws AwsError ExecutionAlreadyExists, InvalidExecutionInput, InvalidName, StateMachineDoesNotExist
   */
  start(machineArn: string, name: string = randomUUID(), input = '{}'): Execution {
    const machine = this.machine(machineArn);
    if (!/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u.test(name)) {
      throw new AwsError(
        'InvalidName',
        `Invalid Name: '${name}': 1 to 80 characters without spaces, brackets, wildcards or separators.`,
      );
    }
    checkJson(input);
    const executionArn = arn(this.#place, 'states', `execution:${machine.name}:${name}`);
    const running = this.#executions.get(executionArn);
    if (running?.status === 'RUNNING' && running.input === input) return running;
    const now = this.#surroundings.clock.now();
    if ((this.#names.get(executionArn) ?? 0) > now) {
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
    }
    this.#names.set(executionArn, Number.POSITIVE_INFINITY);
    const execution = new Execution(executionArn, name, machine, input, this.#surroundings);
    this.#executions.set(executionArn, execution);
    void execution.ended.then(() => this.#onEnded(execution));
    return execution;
  }

  /** @throws AwsError ExecutionDoesNotExist */
  execution(executionArn: string): Execution {
    const execution = this.#executions.get(executionArn);
    if (!execution) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
    return execution;
  }

  /** Newest first. */
  executions(machineArn: string): readonly Execution[] {
    return [...this.#executions.values()].filter(({ machine }) => machine.arn === machineArn).reverse();
  }

  /** Stops everything that runs. */
  async close(): Promise<void> {
    const running = [...this.#executions.values()].filter(({ status }) => status === 'RUNNING');
    for (const execution of running) execution.stop(undefined, 'The twin ends.');
    await Promise.all(running.map(({ ended }) => ended));
  }

  #onEnded(execution: Execution): void {
    const now = this.#surroundings.clock.now();
    this.#names.set(execution.arn, now + NAME_RESERVED_MS);
    let ended = 0;
    for (const { status } of this.#executions.values()) if (status !== 'RUNNING') ended += 1;
    for (const [executionArn, { status }] of this.#executions) {
      if (ended <= MAX_ENDED) break;
      if (status === 'RUNNING') continue;
      this.#executions.delete(executionArn);
      ended -= 1;
    }
  }
}

function checkJson(input: string): void {
  try {
    JSON.parse(input);
  } catch (error) {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: ${String(error)}`);
  }
}
