import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a provider saw it. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Behave = (response: ServerResponse, request: SeenRequest) => void;

/** A real HTTP server on 127.0.0.1 that answers as it is told: one behaviour a request, the last one for all further. */
export interface Provider {
  readonly url: string;
  readonly seen: SeenRequest[];
  behave(...next: readonly Behave[]): void;
  close(): void;
}

export async function startProvider(): Promise<Provider> {
  const seen: SeenRequest[] = [];
  let behaviours: Behave[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = { path: request.url ?? '/', headers: request.headers, body: Buffer.concat(chunks).toString() };
      seen.push(one);
      const [behaviour] = behaviours.length > 1 ? behaviours.splice(0, 1) : behaviours;
      behaviour?.(response, one);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    behave(...next) {
      seen.length = 0;
      behaviours = [...next];
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

export function answers(status: number, body = '', headers: Record<string, string> = {}): Behave {
  return (response) => void response.writeHead(status, headers).end(body);
}

/** Cuts the connection instead of answering. */
export const resets: Behave = (response) => void response.socket?.destroy();
/** Takes the request and says nothing. */
export const isSilent: Behave = () => {};
/** Begins a body and never ends it. */
export const stalls: Behave = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"ok":');
};
/** Promises more than it gives, and hangs up. */
export const breaksOff: Behave = (response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{"ok":', () => response.socket?.destroy());
};
