import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InvocationResult } from './runtime-api.ts';

export interface FunctionUrl {
  /** `http://127.0.0.1:PORT/`. */
  readonly url: string;
  close(): Promise<void>;
}

export interface FunctionUrlPorts {
  invoke(payload: string): Promise<InvocationResult>;
  /** Whether the function's policy lets everybody in. */
  isAllowed(): boolean;
}

/** Largest request body that a function URL takes, bytes. */
const MAX_BODY = 6 * 1024 * 1024;

/** A function behind HTTP: the request as an event of payload format 2.0, the function's answer as the response. */
export async function openFunctionUrl(ports: FunctionUrlPorts): Promise<FunctionUrl> {
  const server = createServer((request, response) => {
    answer(request, response, ports).catch((error: unknown) => {
      send(response, 502, { Message: `Internal Server Error: ${String(error)}` });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, ports: FunctionUrlPorts): Promise<void> {
  if (!ports.isAllowed()) {
    send(response, 403, { Message: 'Forbidden' });
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  if (body.length > MAX_BODY) {
    send(response, 413, { Message: 'Request Entity Too Large' });
    return;
  }
  const result = await ports.invoke(JSON.stringify(toEvent(request, body, Date.now())));
  if (result.functionError) send(response, 502, { Message: 'Internal Server Error' });
  else respond(response, JSON.parse(result.payload));
}

/** Content types that reach the handler as text; anything else comes in base64. */
const TEXT = /^(text\/|application\/(json|xml|javascript|x-www-form-urlencoded))/;

export function toEvent(request: IncomingMessage, body: Buffer, nowMs: number): unknown {
  const [rawPath = '/', rawQueryString = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const headers = Object.fromEntries(
    Object.entries(request.headers)
      .filter(([name]) => name !== 'cookie')
      .map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : (value ?? '')]),
  );
  const cookies = request.headers.cookie?.split('; ');
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    query[name] = name in query ? `${query[name]},${value}` : value;
  }
  const isText = TEXT.test(request.headers['content-type'] ?? 'text/plain');
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: decodeURI(rawPath),
    rawQueryString,
    ...(cookies && { cookies }),
    headers,
    ...(rawQueryString !== '' && { queryStringParameters: query }),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'twin',
      domainName: request.headers.host ?? '127.0.0.1',
      domainPrefix: 'twin',
      http: {
        method: request.method ?? 'GET',
        path: decodeURI(rawPath),
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: new Date(nowMs).toUTCString(),
      timeEpoch: nowMs,
    },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

interface HttpAnswer {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** An answer without `statusCode` is itself the JSON body of a 200, as Lambda infers it. */
function respond(response: ServerResponse, answered: unknown): void {
  const isAnswer = typeof answered === 'object' && answered !== null && 'statusCode' in answered;
  const whole: HttpAnswer = isAnswer ? (answered as HttpAnswer) : { body: JSON.stringify(answered) };
  const { statusCode = 200, headers = {}, cookies = [], body = '', isBase64Encoded = false } = whole;
  response.statusCode = statusCode;
  if (!Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')) {
    response.setHeader('content-type', 'application/json');
  }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
  if (cookies.length > 0) response.setHeader('set-cookie', [...cookies]);
  response.end(isBase64Encoded ? Buffer.from(body, 'base64') : body);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
