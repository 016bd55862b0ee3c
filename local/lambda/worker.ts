import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Invocation, type InvocationResult, RuntimeApi } from './runtime-api.ts';

const BOOTSTRAP = fileURLToPath(new URL('./bootstrap.mjs', import.meta.url));

/** How long a handler may take to load. AWS gives 10 s; a laptop that starts everything at once is slower. */
const INIT_MS = 30_000;

export interface WorkerOptions {
  /** The Node that runs the function. */
  readonly nodePath: string;
  readonly memoryMb: number;
  /** All of the process's environment: nothing of the twin's own leaks in. */
  readonly environment: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

/**
 * One execution environment: a process of its own that handles one event at a time. It ends when the handler kills it,
 * when it exceeds its time, or when it cannot be loaded; another then takes its place.
 */
export class Worker {
  /** `starting` until the handler is loaded, `idle` while it waits for an event. */
  state: 'starting' | 'idle' | 'busy' | 'ended' = 'starting';
  readonly #options: WorkerOptions;
  readonly #api: RuntimeApi;
  #process: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #onIdle: () => void = () => {};
  #finish: ((result: InvocationResult) => void) | undefined;
  #requestId = '';
  #initError: string | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#api = new RuntimeApi({
      onNext: () => {
        this.state = 'idle';
        this.#onIdle();
      },
      onResult: (requestId, result) => {
        if (requestId === this.#requestId) this.#finish?.(result);
      },
      onInitError: (payload) => {
        this.#initError = payload;
      },
    });
  }

  /**
   * Starts the process and loads the handler.
   * @returns what the first invocation must answer when the handler cannot be loaded
   */
  async start(): Promise<InvocationResult | undefined> {
    const { nodePath, memoryMb, environment } = this.#options;
    const address = await this.#api.listen();
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    const child = spawn(nodePath, [`--max-old-space-size=${Math.floor(memoryMb * 0.9)}`, BOOTSTRAP], {
      env: { ...environment, AWS_LAMBDA_RUNTIME_API: address },
      cwd: environment.LAMBDA_TASK_ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C in a terminal goes to the whole group, and this process ends when its turn comes.
      detached: true,
    });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', this.#options.log);
    }
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#initError = failure('Runtime.ExitError', `${nodePath} cannot be started: ${error.message}`).payload;
        this.#ended('cannot be started');
        resolve();
      });
      child.once('exit', (code, signal) => {
        this.#ended(signal ? `signal: ${signal}` : `exit status ${code}`);
        resolve();
      });
    });
    const tooLong = setTimeout(() => {
      this.#initError = failure('Sandbox.Timedout', `Init timed out after ${INIT_MS / 1000} seconds`).payload;
      this.kill();
    }, INIT_MS);
    await Promise.race([idle, this.#exited]);
    clearTimeout(tooLong);
    if (this.state === 'idle') return undefined;
    return this.#initError === undefined
      ? failure('Runtime.ExitError', 'Runtime exited before it asked for its first event')
      : { payload: this.#initError, functionError: 'Unhandled' };
  }

  /** Takes the worker for one event. @returns false when it is not idle */
  claim(): boolean {
    if (this.state !== 'idle') return false;
    this.state = 'busy';
    return true;
  }

  /** Only when claimed. Never throws: whatever happens to the process is the invocation's result. */
  async invoke(invocation: Invocation): Promise<InvocationResult> {
    const leftMs = invocation.deadlineMs - Date.now();
    const idleAgain = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    this.#requestId = invocation.requestId;
    const result = new Promise<InvocationResult>((resolve) => {
      this.#finish = resolve;
    });
    const timer = setTimeout(() => {
      const seconds = (leftMs / 1000).toFixed(2);
      this.#finish?.(
        failure(
          'Sandbox.Timedout',
          `RequestId: ${invocation.requestId} Error: Task timed out after ${seconds} seconds`,
        ),
      );
      this.kill();
    }, leftMs);
    this.#api.send(invocation);
    const finished = await result;
    this.#finish = undefined;
    // A handler that blocks its process after the answer is ended by the same timer.
    await Promise.race([idleAgain, this.#exited]);
    clearTimeout(timer);
    return finished;
  }

  kill(): void {
    this.#process?.kill('SIGKILL');
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    this.kill();
    await this.#exited;
    this.#api.close();
  }

  #ended(how: string): void {
    this.state = 'ended';
    this.#finish?.(
      failure('Runtime.ExitError', `RequestId: ${this.#requestId} Error: Runtime exited with error: ${how}`),
    );
    this.#api.close();
  }
}

/** An error as Lambda itself reports it. */
export function failure(errorType: string, errorMessage: string): InvocationResult {
  return { payload: JSON.stringify({ errorType, errorMessage }), functionError: 'Unhandled' };
}
