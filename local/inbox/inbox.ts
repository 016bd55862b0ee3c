import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Channel, type Draft, type InboxMessage, linksIn, statusOf, toMessage } from './message.ts';
import { readPagerDuty } from './pagerduty.ts';
import { readSlack } from './slack.ts';
import { readWebhook } from './webhook.ts';

export type { Channel, InboxMessage } from './message.ts';

/**
 * Where the twin's notifications land. Answers as Slack, PagerDuty and any webhook do, so the channels send their real
 * requests: `POST /services/...` (Slack), `POST /v2/enqueue` (PagerDuty), `POST /webhook...`; e-mail and SMS come from
 * SNS. `GET /api/inbox` gives everything received as JSON.
 */
export interface Inbox {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly slackUrl: string;
  readonly pagerDutyUrl: string;
  readonly webhookUrl: string;
  /** Oldest first. */
  list(): readonly InboxMessage[];
  /** @returns a function that ends it */
  onMessage(listener: (message: InboxMessage) => void): () => void;
  /** What SNS hands over to a subscribed address or telephone. */
  deliver(channel: 'email' | 'sms', to: string, subject: string, text: string): void;
  /** The channel answers `status` to its next `times` requests and keeps nothing of them. */
  fail(channel: 'slack' | 'pagerduty' | 'webhook', status: number, times: number): void;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: string | object;
}

/** Old messages make room: a twin may run for days. */
const MAX_MESSAGES = 2000;

export async function createInbox(options: { port?: number; now?: () => number } = {}): Promise<Inbox> {
  const { now = Date.now } = options;
  const messages: InboxMessage[] = [];
  const listeners = new Set<(message: InboxMessage) => void>();
  const faults = new Map<Channel, { status: number; left: number }>();
  let received = 0;

  function keep(draft: Draft): void {
    const message = toMessage(draft, ++received, now());
    messages.push(message);
    if (messages.length > MAX_MESSAGES) messages.shift();
    for (const listener of listeners) listener(message);
  }

  function summaryOf(dedupKey: string): string | undefined {
    return messages.findLast((message) => message.dedupKey === dedupKey)?.summary;
  }

  function takeFault(channel: Channel): number | undefined {
    const fault = faults.get(channel);
    if (!fault || fault.left <= 0) return undefined;
    fault.left -= 1;
    return fault.status;
  }

  function slack(raw: string, path: string): Answer {
    const fault = takeFault('slack');
    if (fault) return { status: fault, body: fault === 429 ? 'rate_limited' : 'server_error' };
    const reading = readSlack(raw, path);
    if ('refusal' in reading) return { status: 400, body: reading.refusal };
    keep(reading.draft);
    return { status: 200, body: 'ok' };
  }

  function pagerDuty(raw: string): Answer {
    const fault = takeFault('pagerduty');
    if (fault === 429)
      return { status: 429, body: { status: 'throttle exceeded', message: 'Too many requests for this service' } };
    if (fault) return { status: fault, body: { status: 'error', message: 'Internal Server Error' } };
    const reading = readPagerDuty(raw, () => randomUUID().replaceAll('-', ''), summaryOf);
    if ('errors' in reading) {
      return {
        status: 400,
        body: { status: 'invalid event', message: 'Event object is invalid', errors: reading.errors },
      };
    }
    keep(reading.draft);
    return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: reading.draft.dedupKey } };
  }

  function webhook(raw: string, headers: Readonly<Record<string, string>>, path: string): Answer {
    const fault = takeFault('webhook');
    if (fault) return { status: fault, body: {} };
    keep(readWebhook(raw, headers, path));
    return { status: 200, body: {} };
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    const path = new URL(request.url ?? '/', 'http://inbox').pathname;
    if (request.method === 'GET' && path === '/api/inbox') return { status: 200, body: messages };
    if (request.method !== 'POST')
      return {
        status: 405,
        body: { message: `${request.method} ${path} is not answered here; POST notifications, GET /api/inbox` },
      };
    const raw = await text(request);
    if (path === '/v2/enqueue') return pagerDuty(raw);
    if (path.startsWith('/services/')) return slack(raw, path);
    if (path.startsWith('/webhook')) return webhook(raw, headersOf(request), path);
    return {
      status: 404,
      body: { message: `No channel at ${path}: /services/... is Slack, /v2/enqueue PagerDuty, /webhook... any other` },
    };
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (answered) => send(response, answered),
      (error: unknown) => send(response, { status: 500, body: { message: String(error) } }),
    );
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    slackUrl: `${url}/services/T00000000/B00000000/inbox`,
    pagerDutyUrl: `${url}/v2/enqueue`,
    webhookUrl: `${url}/webhook`,
    list: () => messages,
    onMessage(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    deliver(channel, to, subject, body) {
      const summary = subject === '' ? (body.split('\n')[0] ?? '') : subject;
      keep({ channel, to, status: statusOf(summary), summary, links: linksIn(body), raw: body });
    },
    fail(channel, status, times) {
      faults.set(channel, { status, left: times });
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    ...(status === 429 ? { 'retry-after': '1' } : {}),
  });
  response.end(isText ? body : JSON.stringify(body));
}
