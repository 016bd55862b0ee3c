import { randomBytes, randomUUID } from 'node:crypto';
import { AwsError } from '../aws/service.ts';
import type { InvocationResult } from './runtime-api.ts';
import { failure, Worker, type WorkerOptions } from './worker.ts';

export interface FunctionConfiguration {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Calls beyond it are throttled; without it calls wait for one of the twin's `maxProcesses`. */
  readonly reservedConcurrency?: number;
  /** `DeadLetterConfig.TargetArn`: where an asynchronous event goes that was given up. */
  readonly deadLetterArn?: string;
}

/** What a test makes of the next invocations, counted down. */
export interface FunctionFaults {
  /** They fail before the handler runs. */
  readonly throwNext?: number;
  /** The process is killed while the handler runs. */
  readonly killNext?: number;
  /** The handler runs to its end, and its answer is lost: the caller must make nothing twice. */
  readonly loseAnswerOfNext?: number;
}

/** The largest event and answer of a synchronous invocation, bytes. */
const MAX_PAYLOAD = 6 * 1024 * 1024;

/** A function and the processes that run it: one event a process at a time, started when needed, used again. */
export class LambdaFunction {
  readonly configuration: FunctionConfiguration;
  readonly #workerOptions: () => WorkerOptions;
  readonly #maxProcesses: number;
  readonly #workers = new Set<Worker>();
  readonly #waiting: (() => void)[] = [];
  readonly #faults = { throwNext: 0, killNext: 0, loseAnswerOfNext: 0 };
  #warming: Promise<unknown> | undefined;
  #running = 0;
  /** Events that the handler answered without an error. */
  answered = 0;
  #stopped = false;

  /** @param workerOptions called for each process: every one gets keys of its own */
  constructor(configuration: FunctionConfiguration, workerOptions: () => WorkerOptions, maxProcesses: number) {
    this.configuration = configuration;
    this.#workerOptions = workerOptions;
    this.#maxProcesses = configuration.reservedConcurrency ?? maxProcesses;
  }

  /**
   * Runs the handler on one event. A handler that fails is a result, not an exception.
   * @param payload JSON
   * @throws AwsError TooManyRequestsException (429), RequestTooLargeException (413)
   */
  async invoke(payload: string): Promise<InvocationResult> {
    const { reservedConcurrency, timeoutSeconds, arn, name } = this.configuration;
    if (Buffer.byteLength(payload) > MAX_PAYLOAD) {
      throw new AwsError('RequestTooLargeException', `${name}: the event exceeds ${MAX_PAYLOAD} bytes`, 413);
    }
    if (this.#running >= this.#maxProcesses) {
      if (reservedConcurrency !== undefined) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      if (this.#stopped) throw new AwsError('ServiceException', `${name}: the twin was stopped`, 500);
      if (this.#take('throwNext')) return failure('Error', 'This invocation fails, as a test ordered.');
      const worker = await this.#claimWorker();
      if (!(worker instanceof Worker)) return worker;
      const invocation = {
        requestId: randomUUID(),
        payload,
        functionArn: arn,
        deadlineMs: Date.now() + timeoutSeconds * 1000,
        traceId: traceId(),
      };
      const running = worker.invoke(invocation);
      if (this.#take('killNext')) worker.kill();
      const result = await running;
      if (worker.state === 'ended') this.#workers.delete(worker);
      if (result.functionError === undefined) this.answered += 1;
      if (this.#take('loseAnswerOfNext')) return failure('Error', 'The answer is lost, as a test ordered.');
      if (Buffer.byteLength(result.payload) > MAX_PAYLOAD) {
        return failure('Function.ResponseSizeTooLarge', `Response payload size exceeded ${MAX_PAYLOAD} bytes.`);
      }
      return result;
    } finally {
      // A caller that waits takes the place over.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  /** Starts a process in advance. */
  async warm(): Promise<void> {
    if (this.#workers.size > 0) return;
    this.#warming = this.#start();
    await this.#warming;
  }

  /** @returns tells what has not happened yet */
  order(faults: FunctionFaults): () => Required<FunctionFaults> {
    Object.assign(this.#faults, faults);
    return () => ({ ...this.#faults });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all([...this.#workers].map((worker) => worker.stop()));
  }

  async #claimWorker(): Promise<Worker | InvocationResult> {
    for (;;) {
      await this.#warming;
      for (const worker of this.#workers) {
        if (worker.state === 'ended') this.#workers.delete(worker);
        if (worker.claim()) return worker;
      }
      // Another caller may take the new one first; then one more is started.
      const failed = await this.#start();
      if (failed) return failed;
    }
  }

  async #start(): Promise<InvocationResult | undefined> {
    const worker = new Worker(this.#workerOptions());
    this.#workers.add(worker);
    const failed = await worker.start();
    if (!failed && !this.#stopped) return undefined;
    this.#workers.delete(worker);
    await worker.stop();
    return failed ?? failure('Runtime.ExitError', 'The twin was stopped');
  }

  #take(fault: keyof FunctionFaults): boolean {
    if (this.#faults[fault] === 0) return false;
    this.#faults[fault] -= 1;
    return true;
  }
}

/** An X-Ray trace that is not sampled: nobody in the twin collects segments. */
function traceId(): string {
  const time = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${time}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
