import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { Faults } from './faults.ts';
import { errorResponse, operationOf, protocolOf } from './protocol.ts';
import { type Access, AwsError, type AwsRequest, type AwsResponse, type AwsService } from './service.ts';

/** Who was refused what; the endpoint words it as IAM does. */
export interface Denial {
  readonly access: Access;
  /** ARN of the user or role whose policies do not allow it. */
  readonly principal: string;
}

/** Asks IAM: undefined when the key's owner may do all of it, else the first thing that is not allowed. */
export type Authorize = (accessKeyId: string, access: readonly Access[]) => Denial | undefined;

export interface AwsEndpointOptions {
  readonly services?: readonly AwsService[];
  /** Everything is allowed unless given. */
  readonly authorize?: Authorize;
  /** Any free port unless given. */
  readonly port?: number;
  /** Told about each request that no service could answer, or that a service failed on: defects of the twin. */
  readonly onDefect?: (message: string) => void;
}

/** `AWS_ENDPOINT_URL` for everybody: one server on 127.0.0.1 for all services, told apart by the signature's scope. */
export interface AwsEndpoint {
  readonly url: string;
  readonly faults: Faults;
  /** Adds services: most need the endpoint's address to be made. A later one replaces an earlier of the same name. */
  use(...services: readonly AwsService[]): void;
  close(): Promise<void>;
}

interface Caller {
  readonly signingName: string;
  readonly accessKeyId: string;
}

export async function createAwsEndpoint(options: AwsEndpointOptions = {}): Promise<AwsEndpoint> {
  const { authorize = () => undefined, onDefect = () => {} } = options;
  const services = new Map<string, AwsService>();
  const faults = new Faults();

  async function answer(message: IncomingMessage): Promise<AwsResponse> {
    const request = await readRequest(message);
    const caller = callerOf(request);
    const protocol = protocolOf(request, caller?.signingName ?? '');
    try {
      if (!caller) {
        throw new AwsError('MissingAuthenticationToken', `${request.method} ${request.path} is not signed.`, 403);
      }
      return await dispatch(request, caller);
    } catch (error) {
      if (error instanceof AwsError) return errorResponse(protocol, error);
      const what = `${caller?.signingName} ${request.operation ?? `${request.method} ${request.path}`}`;
      onDefect(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return errorResponse(protocol, new AwsError('InternalFailure', `${what}: ${String(error)}`, 500));
    }
  }

  async function dispatch(request: AwsRequest, { signingName, accessKeyId }: Caller): Promise<AwsResponse> {
    const service = services.get(signingName);
    if (!service) {
      const message = `The twin has no service "${signingName}" (asked for ${request.operation ?? request.path}); it has ${[...services.keys()].sort().join(', ')}.`;
      onDefect(message);
      throw new AwsError('UnknownOperationException', message, 404);
    }
    const access = service.access(request);
    const denial = authorize(accessKeyId, access);
    if (denial) throw accessDenied(denial, signingName);
    const operation = request.operation ?? access[0]?.action.split(':')[1] ?? request.path;
    const fault = faults.take(signingName, operation);
    if (fault) throw fault;
    try {
      return await service.handle(request);
    } catch (error) {
      if (error instanceof AwsError && error.name === 'UnknownOperationException') onDefect(error.message);
      throw error;
    }
  }

  const server = createServer((message, response) => {
    answer(message).then(
      (answered) => send(response, answered),
      (error: unknown) => send(response, { status: 400, body: String(error) }),
    );
  });
  // Clients keep connections open between calls; closing an idle one just as it is used again looks like a fault.
  server.keepAliveTimeout = 65_000;
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');

  const endpoint: AwsEndpoint = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    use(...added) {
      for (const service of added) services.set(service.signingName, service);
    },
    async close() {
      server.close();
      server.closeAllConnections();
      for (const service of services.values()) await service.close?.();
    },
  };
  endpoint.use(...(options.services ?? []));
  return endpoint;
}

async function readRequest(message: IncomingMessage): Promise<AwsRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers))
    headers[name] = Array.isArray(value) ? value.join(',') : (value ?? '');
  const raw = Buffer.concat(chunks);
  // An object of S3 may be gzip itself; everywhere else it is how the request was sent.
  const isSent = headers['content-encoding'] === 'gzip' && !headers.authorization?.includes('/s3/aws4_request');
  const body = isSent ? gunzipSync(raw) : raw;
  const [path = '/', query = ''] = (message.url ?? '/').split(/\?(.*)/s);
  const operation = operationOf(headers, body);
  return {
    ...(operation === undefined ? {} : { operation }),
    method: message.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers,
    body,
  };
}

/** `Credential=AKIA.../20261123/us-east-1/dynamodb/aws4_request`, from the header or from a presigned address. */
function callerOf({ headers, query }: AwsRequest): Caller | undefined {
  const credential =
    /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ?? query.get('X-Amz-Credential') ?? undefined;
  const [accessKeyId, , , signingName] = credential?.split('/') ?? [];
  return accessKeyId && signingName ? { accessKeyId, signingName } : undefined;
}

/** IAM's own wording, and the error name that each protocol family uses for it. */
function accessDenied({ access, principal }: Denial, signingName: string): AwsError {
  const name = { s3: 'AccessDenied', sns: 'AuthorizationError', sts: 'AccessDenied' }[signingName];
  return new AwsError(
    name ?? 'AccessDeniedException',
    `User: ${principal} is not authorized to perform: ${access.action} on resource: ${access.resource} because no identity-based policy allows the ${access.action} action`,
    signingName === 'dynamodb' || signingName === 'timestream' ? 400 : 403,
  );
}

function send(response: ServerResponse, { status, headers, body = '' }: AwsResponse): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, { 'x-amzn-requestid': randomUUID(), 'content-length': bytes.length, ...headers });
  response.end(bytes);
}
