import { availableParallelism } from 'node:os';
import { AwsError, type AwsService, type Place } from '../aws/service.ts';
import type { Iam } from '../iam/iam.ts';
import type { Clock } from '../stepfunctions/clock.ts';
import { AsyncInvocations } from './async-invocations.ts';
import { environmentOf, type FunctionCode } from './environment.ts';
import { type FunctionConfiguration, type FunctionFaults, LambdaFunction } from './function.ts';
import { type FunctionUrl, openFunctionUrl } from './function-url.ts';
import { Permissions } from './permissions.ts';
import type { InvocationResult } from './runtime-api.ts';
import { lambdaService } from './service.ts';

export interface LambdaOptions {
  readonly place: Place;
  readonly iam: Iam;
  readonly clock: Clock;
  /** The Node that runs the functions. */
  readonly nodePath: string;
  /** Gets every line that a function's process prints. */
  readonly log: (functionName: string, line: string) => void;
  /** Sends to a destination of failed events, as a role. */
  readonly send: (arn: string, body: string, roleArn: string) => Promise<void>;
}

/** Processes that one function without reserved concurrency may have: more than there are cores only wait. */
const MAX_PROCESSES = Math.max(2, availableParallelism());

interface Running {
  readonly lambda: LambdaFunction;
  readonly queue: AsyncInvocations;
}

/** Lambda: every function of the template, each invocation in a process behind the Runtime API. */
export class Lambda {
  readonly permissions = new Permissions();
  readonly service: AwsService;
  readonly #options: LambdaOptions;
  readonly #functions = new Map<string, Running>();
  readonly #urls = new Map<string, FunctionUrl>();

  constructor(options: LambdaOptions) {
    this.#options = options;
    this.service = lambdaService(this);
  }

  get names(): readonly string[] {
    return [...this.#functions.keys()];
  }

  add(configuration: FunctionConfiguration, code: FunctionCode, variables: Readonly<Record<string, string>>): void {
    const { place, iam, nodePath, log, clock, send } = this.#options;
    const { name, memoryMb, roleArn } = configuration;
    const workerOptions = () => ({
      nodePath,
      memoryMb,
      environment: environmentOf(configuration, code, place, iam.issueKey(roleArn), variables),
      log: (line: string) => log(name, line),
    });
    const lambda = new LambdaFunction(configuration, workerOptions, MAX_PROCESSES);
    const invoke = (payload: string) => lambda.invoke(payload);
    const queue = new AsyncInvocations(configuration, invoke, { clock, send, log: (line) => log(name, line) });
    this.#functions.set(name, { lambda, queue });
  }

  /** @param id name or ARN, with or without a qualifier @throws AwsError ResourceNotFoundException */
  configuration(id: string): FunctionConfiguration {
    return this.#running(id).lambda.configuration;
  }

  /** Runs a function and waits for its answer. @param payload JSON */
  invoke(id: string, payload: string): Promise<InvocationResult> {
    return this.#running(id).lambda.invoke(payload);
  }

  /** Queues an event for a function, which retries it. @param payload JSON */
  invokeAsync(id: string, payload: string): void {
    this.#running(id).queue.accept(payload);
  }

  /** Events that a function answered without an error. */
  answered(id: string): number {
    return this.#running(id).lambda.answered;
  }

  asyncQueue(id: string): AsyncInvocations {
    return this.#running(id).queue;
  }

  /** Opens a function to HTTP. @returns its address */
  async openUrl(id: string): Promise<string> {
    const { arn, name } = this.configuration(id);
    const anybody = { principal: '*', accountId: '', viaUrl: true };
    const url = await openFunctionUrl({
      invoke: (payload) => this.invoke(name, payload),
      isAllowed: () => this.permissions.allows(arn, 'lambda:InvokeFunctionUrl', anybody),
    });
    this.#urls.set(name, url);
    return url.url;
  }

  url(id: string): string {
    const { name } = this.configuration(id);
    const url = this.#urls.get(name)?.url;
    if (url === undefined) throw new Error(`the function ${name} has no URL`);
    return url;
  }

  /** Starts a process of each of these functions in advance. */
  async warm(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.#running(id).lambda.warm()));
  }

  order(id: string, faults: FunctionFaults): () => Required<FunctionFaults> {
    return this.#running(id).lambda.order(faults);
  }

  /** Resolves when no process is left. */
  async stop(): Promise<void> {
    await Promise.all([...this.#urls.values()].map((url) => url.close()));
    const all = [...this.#functions.values()];
    for (const { queue } of all) queue.stop();
    await Promise.all(all.map(({ lambda }) => lambda.stop()));
  }

  #running(id: string): Running {
    const name = id.startsWith('arn:') ? id.split(':')[6] : id.split(':')[0];
    const found = this.#functions.get(name ?? '');
    if (found) return found;
    throw new AwsError('ResourceNotFoundException', `Function not found: ${id}`, 404);
  }
}
