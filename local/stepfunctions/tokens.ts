import { AwsError } from '../aws/service.ts';
import { StateError } from './errors.ts';

/** A task that waits for its token to come back. */
export interface Waiting {
  readonly token: string;
  readonly result: Promise<unknown>;
  /** Called at each heartbeat. */
  onHeartbeat(listener: () => void): void;
  /** The task no longer waits: from now on its token is answered with TaskTimedOut. */
  forget(): void;
}

/** Task tokens of all executions: a token is worth something as long as its task waits. */
export class Tokens {
  readonly #waiting = new Map<string, { settle(outcome: { output: unknown } | StateError): void; heartbeat(): void }>();
  /** Every token given out lately, with its machine's ARN. */
  readonly #issued = new Map<string, string>();
  readonly #newToken: () => string;

  constructor(newToken: () => string) {
    this.#newToken = newToken;
  }

  /** @param machineArn the machine whose execution waits: whoever answers needs permission on it */
  issue(machineArn: string): Waiting {
    const token = this.#newToken();
    let heartbeat = () => {};
    const result = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(token, {
        settle(outcome) {
          if (outcome instanceof StateError) reject(outcome);
          else resolve(outcome.output);
        },
        heartbeat: () => heartbeat(),
      });
    });
    // A token may be failed before its task looks at the result.
    result.catch(() => {});
    this.#remember(token, machineArn);
    return {
      token,
      result,
      onHeartbeat(listener) {
        heartbeat = listener;
      },
      forget: () => {
        this.#waiting.delete(token);
      },
    };
  }

  /** @throws AwsError InvalidOutput, InvalidToken, TaskTimedOut */
  succeed(token: string, output: string): void {
    let value: unknown;
    try {
      value = JSON.parse(output);
    } catch {
      throw new AwsError('InvalidOutput', 'The output is not JSON.');
    }
    this.#take(token).settle({ output: value });
    this.#waiting.delete(token);
  }

  /** @throws AwsError InvalidToken, TaskTimedOut */
  fail(token: string, error: string, cause: string): void {
    this.#take(token).settle(new StateError(error, cause));
    this.#waiting.delete(token);
  }

  /** @throws AwsError InvalidToken, TaskTimedOut */
  heartbeat(token: string): void {
    this.#take(token).heartbeat();
  }

  #take(token: string) {
    const task = this.#waiting.get(token);
    if (task) return task;
    if (this.#issued.has(token))
      throw new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    throw new AwsError('InvalidToken', `Invalid Token: '${token}'`);
  }

  /** ARN of the machine that a token belongs to, if it was given out. */
  ownerOf(token: string): string | undefined {
    return this.#issued.get(token);
  }

  #remember(token: string, machineArn: string): void {
    this.#issued.set(token, machineArn);
    const [oldest] = this.#issued.keys();
    if (this.#issued.size > MAX_REMEMBERED && oldest !== undefined) this.#issued.delete(oldest);
  }
}

/** Tokens beyond these are answered as invalid instead of as timed out. */
const MAX_REMEMBERED = 50_000;
