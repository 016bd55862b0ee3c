import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerApi } from './api.ts';
import type { WebPorts } from './ports.ts';
import { page, staticFile } from './static-files.ts';

const LARGEST_BODY = 64 * 1024;
/** Addresses that the page draws itself. */
const PAGES = /^\/(|dashboards|alerts|inbox|d\/[a-z0-9-]+)$/;

/** Nothing is loaded from elsewhere, so nothing may be: the view works, and leaks nothing, without a network. */
const HEADERS = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

export interface WebServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The twin's browser view, on 127.0.0.1 only.
 * @param options port 0 takes any free one
 */
export async function createWebServer({ port, ...ports }: WebPorts & { readonly port: number }): Promise<WebServer> {
  const server = createServer((request, response) => {
    respond(ports, request, response).catch((error: unknown) => {
      sendJson(response, 500, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(ports: WebPorts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A page elsewhere that points its own name at 127.0.0.1 must not reach the twin.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) {
    return sendJson(response, 403, { error: `host '${request.headers.host}': use 127.0.0.1 or localhost` });
  }
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const method = request.method ?? 'GET';
  if (pathname.startsWith('/api/')) {
    const answer = await answerApi(ports, method, pathname, method === 'POST' ? await readJson(request) : undefined);
    return sendJson(response, answer.status, answer.body);
  }
  const file = PAGES.test(pathname) ? await page() : await staticFile(pathname);
  if (!file) return sendJson(response, 404, { error: `${pathname}: there is nothing here` });
  response.writeHead(200, { ...HEADERS, 'content-type': file.type }).end(file.body);
}

/** Only requests that say they are JSON: a form of another site cannot say so. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!request.headers['content-type']?.startsWith('application/json')) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new Error(`body of more than ${LARGEST_BODY} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return null;
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return;
  response.writeHead(status, { ...HEADERS, 'content-type': 'application/json' }).end(JSON.stringify(body));
}
