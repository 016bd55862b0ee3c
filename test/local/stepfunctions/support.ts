import type { Clock } from '../../../local/stepfunctions/clock.ts';
import { type EngineOptions, StepFunctions } from '../../../local/stepfunctions/engine.ts';
import type { Execution } from '../../../local/stepfunctions/execution.ts';

export const START = Date.parse('2026-11-23T10:00:00Z');
export const PLACE = { accountId: '123456789012', region: 'us-east-1', endpoint: 'http://127.0.0.1:1' };

/** A clock that stands still until it is advanced; sleepers wake in the order of their times. */
export class ManualClock implements Clock {
  #nowMs = START;
  #sleepers: { atMs: number; wake: () => void }[] = [];

  now = (): number => this.#nowMs;

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const abort = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      };
      const wake = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper = { atMs: this.#nowMs + ms, wake };
      this.#sleepers.push(sleeper);
      signal.addEventListener('abort', abort);
    });
  }

  async advance(ms: number): Promise<void> {
    const until = this.#nowMs + ms;
    await settle();
    for (;;) {
      this.#sleepers.sort((a, b) => a.atMs - b.atMs);
      const [first] = this.#sleepers;
      if (!first || first.atMs > until) break;
      this.#sleepers.shift();
      this.#nowMs = first.atMs;
      first.wake();
      await settle();
    }
    this.#nowMs = until;
  }
}

/** Lets everything happen that can happen without time passing. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

export interface Bench {
  readonly clock: ManualClock;
  readonly engine: StepFunctions;
  /** Payloads of Lambda invocations as `[function, payload]`. */
  readonly invoked: [string, unknown][];
  run(states: Record<string, unknown>, input?: unknown, more?: Record<string, unknown>): Execution;
}

export function bench(
  lambda: (name: string, payload: unknown) => unknown = () => null,
  ports: Partial<EngineOptions['ports']> = {},
): Bench {
  const clock = new ManualClock();
  const invoked: [string, unknown][] = [];
  const engine = new StepFunctions({
    place: PLACE,
    clock,
    random: () => 0.5,
    ports: {
      async invokeLambda(name, payload) {
        invoked.push([name, payload]);
        const answer = await lambda(name, payload);
        if (answer instanceof Error) {
          return { payload: { errorType: answer.name, errorMessage: answer.message }, functionError: 'Unhandled' };
        }
        return { payload: answer };
      },
      publish: async () => ({ messageId: 'm-1' }),
      ...ports,
    },
  });
  let machines = 0;
  return {
    clock,
    engine,
    invoked,
    run(states, input = {}, more = {}) {
      const [StartAt] = Object.keys(states);
      const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt, States: states, ...more });
      const { arn } = engine.createMachine(`m${++machines}`, definition, 'arn:aws:iam::123456789012:role/machine');
      return engine.start(arn, `e${machines}`, JSON.stringify(input));
    },
  };
}

/** The output of an execution that must succeed. */
export async function outputOf(execution: Execution): Promise<unknown> {
  await execution.ended;
  if (execution.status !== 'SUCCEEDED') throw new Error(`${execution.status}: ${execution.error}: ${execution.cause}`);
  return JSON.parse(execution.output ?? 'null');
}

export const INVOKE = 'arn:aws:states:::lambda:invoke';
export const INVOKE_AND_WAIT = 'arn:aws:states:::lambda:invoke.waitForTaskToken';
