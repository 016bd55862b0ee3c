import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One event on its way to a handler. */
export interface Invocation {
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  readonly functionArn: string;
  /** Epoch milliseconds at which the function is ended. */
  readonly deadlineMs: number;
  /** X-Ray trace header. */
  readonly traceId: string;
}

/** What a function answered: JSON, and `Unhandled` when it failed. */
export interface InvocationResult {
  readonly payload: string;
  readonly functionError?: 'Unhandled';
}

export interface RuntimeListener {
  /** The process asks for its next event: it has started, or has finished the last one. */
  onNext(): void;
  onResult(requestId: string, result: InvocationResult): void;
  onInitError(payload: string): void;
}

/**
 * The Lambda Runtime API (version 2018-06-01) of one execution environment: what a function's process talks to by
 * `AWS_LAMBDA_RUNTIME_API`.
 */
export class RuntimeApi {
  readonly #server: Server;
  readonly #listener: RuntimeListener;
  #waiting: ServerResponse | undefined;

  constructor(listener: RuntimeListener) {
    this.#listener = listener;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    // A process waits for its next event as long as it takes.
    this.#server.requestTimeout = 0;
    this.#server.keepAliveTimeout = 0;
  }

  /** @returns host and port, as `AWS_LAMBDA_RUNTIME_API` wants it */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Hands an event to the waiting process. */
  send({ requestId, payload, functionArn, deadlineMs, traceId }: Invocation): void {
    const response = this.#waiting;
    if (!response) throw new Error('the process does not wait for an event');
    this.#waiting = undefined;
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': requestId,
      'lambda-runtime-deadline-ms': String(deadlineMs),
      'lambda-runtime-invoked-function-arn': functionArn,
      'lambda-runtime-trace-id': traceId,
    });
    response.end(payload);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').replace('/2018-06-01/runtime/', '');
    if (request.method === 'GET' && path === 'invocation/next') {
      this.#waiting = response;
      this.#listener.onNext();
      return;
    }
    const body = await readBody(request);
    const [, requestId, outcome] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    const known = request.method === 'POST' && (requestId !== undefined || path === 'init/error');
    response.writeHead(known ? 202 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: known ? 'OK' : 'not found' }));
    if (!known) return;
    if (requestId === undefined) this.#listener.onInitError(body);
    else if (outcome === 'response') this.#listener.onResult(requestId, { payload: body });
    else this.#listener.onResult(requestId, { payload: body, functionError: 'Unhandled' });
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
