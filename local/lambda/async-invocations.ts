import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws/service.ts';
import type { Clock } from '../stepfunctions/clock.ts';
import type { FunctionConfiguration } from './function.ts';
import type { InvocationResult } from './runtime-api.ts';

/** `AWS::Lambda::EventInvokeConfig`: when an asynchronous event is given up, and what happens then. */
export interface AsyncPolicy {
  /** After the first attempt; 0 to 2. */
  readonly retries: number;
  readonly maxAgeSeconds: number;
  readonly onFailureArn?: string;
  readonly onSuccessArn?: string;
}

export const defaultAsyncPolicy: AsyncPolicy = { retries: 2, maxAgeSeconds: 6 * 3600 };

/** Lambda waits a minute before the second attempt at an event and two before the third. */
const RETRY_AFTER_MS = [60_000, 120_000] as const;
const THROTTLED_WAIT_MS = 1000;
const THROTTLED_WAIT_MAX_MS = 5 * 60_000;

export interface AsyncPorts {
  readonly clock: Clock;
  /** Sends to the destination or dead-letter queue of this ARN, as the function's role. */
  send(arn: string, body: string, roleArn: string): Promise<void>;
  /** Told about events that were lost for good. */
  log(line: string): void;
}

/** The queue before a function that is invoked asynchronously: retries, then the destination of failures. */
export class AsyncInvocations {
  policy: AsyncPolicy = defaultAsyncPolicy;
  readonly #configuration: FunctionConfiguration;
  readonly #invoke: (payload: string) => Promise<InvocationResult>;
  readonly #ports: AsyncPorts;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(
    configuration: FunctionConfiguration,
    invoke: (payload: string) => Promise<InvocationResult>,
    ports: AsyncPorts,
  ) {
    this.#configuration = configuration;
    this.#invoke = invoke;
    this.#ports = ports;
  }

  /** Takes an event; returns at once. @param payload JSON */
  accept(payload: string): void {
    const running = this.#process(payload).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#ports.log(`asynchronous event lost: ${String(error)}`);
    });
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }

  /** Resolves when every event accepted so far was handled or given up. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  stop(): void {
    this.#stop.abort(new Error('the twin was stopped'));
  }

  async #process(payload: string): Promise<void> {
    const { clock } = this.#ports;
    const acceptedAt = clock.now();
    const { retries, maxAgeSeconds, onFailureArn, onSuccessArn } = this.policy;
    const giveUpAt = acceptedAt + maxAgeSeconds * 1000;
    let attempts = 0;
    let throttled = 0;
    for (;;) {
      const result = await this.#attempt(payload);
      if (result === 'throttled') {
        const waitMs = Math.min(THROTTLED_WAIT_MS * 2 ** throttled, THROTTLED_WAIT_MAX_MS);
        throttled += 1;
        if (clock.now() + waitMs > giveUpAt) return this.#giveUp(payload, 'EventAgeExceeded', attempts, undefined);
        await clock.sleep(waitMs, this.#stop.signal);
        continue;
      }
      attempts += 1;
      if (result.functionError === undefined) {
        if (onSuccessArn) await this.#send(onSuccessArn, payload, 'Success', attempts, result);
        return;
      }
      const waitMs = RETRY_AFTER_MS[attempts - 1] ?? 0;
      if (attempts > retries) return this.#giveUp(payload, 'RetriesExhausted', attempts, result, onFailureArn);
      if (clock.now() + waitMs > giveUpAt) {
        return this.#giveUp(payload, 'EventAgeExceeded', attempts, result, onFailureArn);
      }
      await clock.sleep(waitMs, this.#stop.signal);
    }
  }

  async #attempt(payload: string): Promise<InvocationResult | 'throttled'> {
    try {
      return await this.#invoke(payload);
    } catch (error) {
      if (error instanceof AwsError && error.name === 'TooManyRequestsException') return 'throttled';
      throw error;
    }
  }

  async #giveUp(
    payload: string,
    condition: string,
    attempts: number,
    result: InvocationResult | undefined,
    onFailureArn = this.policy.onFailureArn,
  ): Promise<void> {
    const { deadLetterArn, roleArn, name } = this.#configuration;
    if (deadLetterArn) await this.#ports.send(deadLetterArn, payload, roleArn);
    if (onFailureArn) await this.#send(onFailureArn, payload, condition, attempts, result);
    if (!deadLetterArn && !onFailureArn) {
      this.#ports.log(`${name}: an event was given up after ${attempts} attempts (${condition}): ${result?.payload}`);
    }
  }

  /** The record that a destination gets (Lambda developer guide, "Retaining records of asynchronous invocations"). */
  async #send(
    arn: string,
    payload: string,
    condition: string,
    attempts: number,
    result: InvocationResult | undefined,
  ): Promise<void> {
    const record = {
      version: '1.0',
      timestamp: new Date(this.#ports.clock.now()).toISOString(),
      requestContext: {
        requestId: randomUUID(),
        functionArn: `${this.#configuration.arn}:$LATEST`,
        condition,
        approximateInvokeCount: attempts,
      },
      requestPayload: JSON.parse(payload) as unknown,
      ...(result && {
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: result.functionError },
        responsePayload: JSON.parse(result.payload) as unknown,
      }),
    };
    await this.#ports.send(arn, JSON.stringify(record), this.#configuration.roleArn);
  }
}
