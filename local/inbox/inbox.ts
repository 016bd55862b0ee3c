import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerIn, type Inbound } from './answering.ts';
import { readGenie } from './genie.ts';
import { type Channel, type Draft, type InboxMessage, linksIn, statusOf, toMessage } from './message.ts';
import { readPagerDuty } from './pagerduty.ts';
import { readSlack } from './slack.ts';
import { readWebhook } from './webhook.ts';

export type { Channel, InboxMessage } from './message.ts';

/**
 * Where the twin's notifications land. Answers as the services do, so the channels send their real requests:
 * `POST /services/...` (Slack's webhooks), `/api/chat.*` (its Web API), `/v2/enqueue` (PagerDuty), `/opsgenie/v2/alerts`,
 * `/jsm/v2/alerts`, `/webhook...`; e-mail comes from SES and SNS, SMS from SNS. `GET /api/inbox` gives everything
 * received as JSON. Whoever reads it may answer in PagerDuty or Slack, which report it as the real ones do.
 */
export interface Inbox {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly slackUrl: string;
  /** What `chat.postMessage` is appended to. */
  readonly slackApiUrl: string;
  readonly pagerDutyUrl: string;
  readonly opsgenieUrl: string;
  readonly jsmUrl: string;
  readonly webhookUrl: string;
  /** Oldest first. */
  list(): readonly InboxMessage[];
  /** @returns a function that ends it */
  onMessage(listener: (message: InboxMessage) => void): () => void;
  /** What SES and SNS hand over to an address or telephone. */
  deliver(channel: 'email' | 'sms', to: string, subject: string, text: string, html?: string): void;
  /** The channel answers `status` to its next `times` requests and keeps nothing of them. */
  fail(channel: Exclude<Channel, 'email' | 'sms'>, status: number, times: number): void;
  /** From here on the services report what is done in them. */
  connect(inbound: Inbound): void;
  /**
   * Somebody acknowledges a message in its service: clicks Slack's button, or acknowledges PagerDuty's incident.
   * @returns what the service was answered
   * @throws Error when the message cannot be answered so
   */
  acknowledge(id: number): Promise<{ readonly status: number }>;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: string | object;
}

/** Old messages make room: a twin may run for days. */
const MAX_MESSAGES = 2000;
/** How a channel words a fault. */
const FAULTS: Readonly<Partial<Record<Channel, (status: number) => string | object>>> = {
  slack: (status) => (status === 429 ? 'rate_limited' : 'server_error'),
  pagerduty: (status) =>
    status === 429
      ? { status: 'throttle exceeded', message: 'Too many requests for this service' }
      : { status: 'error', message: 'Internal Server Error' },
};

export async function createInbox(options: { port?: number; now?: () => number } = {}): Promise<Inbox> {
  const { now = Date.now } = options;
  const messages: InboxMessage[] = [];
  const listeners = new Set<(message: InboxMessage) => void>();
  const faults = new Map<Channel, { status: number; left: number }>();
  let received = 0;
  let inbound: Inbound | undefined;

  function keep(draft: Draft): InboxMessage {
    const message = toMessage(draft, ++received, now());
    messages.push(message);
    if (messages.length > MAX_MESSAGES) messages.shift();
    for (const listener of listeners) listener(message);
    return message;
  }

  /** Changes a message in place, as its service does. */
  function change(before: InboxMessage, draft: Draft): void {
    const { ts, threadTs, edits = 0, id, at } = before;
    const kept = { ...(ts && { ts }), ...(threadTs && { threadTs }), edits: edits + 1 };
    messages[messages.indexOf(before)] = toMessage({ ...draft, ...kept }, id, at);
  }

  function summaryOf(dedupKey: string): string | undefined {
    return messages.findLast((message) => message.dedupKey === dedupKey)?.summary;
  }

  function takeFault(channel: Channel): Answer | undefined {
    const fault = faults.get(channel);
    if (!fault || fault.left <= 0) return undefined;
    fault.left -= 1;
    return { status: fault.status, body: FAULTS[channel]?.(fault.status) ?? {} };
  }

  function slack(raw: string, path: string): Answer {
    const reading = readSlack(raw, path);
    if ('refusal' in reading) return { status: 400, body: reading.refusal };
    keep(reading.draft);
    return { status: 200, body: 'ok' };
  }

  function slackApi(raw: string, method: string, authorization: string): Answer {
    const refuse = (error: string): Answer => ({ status: 200, body: { ok: false, error } });
    if (!/^Bearer \S+$/.test(authorization)) return refuse('not_authed');
    const { channel, ts, thread_ts: threadTs } = readCall(raw);
    if (!channel) return refuse('channel_not_found');
    const reading = readSlack(raw, channel);
    if ('refusal' in reading) return refuse(reading.refusal);
    if (method === 'chat.update') {
      const before = messages.findLast((message) => message.ts === ts && message.to === channel);
      if (!before) return refuse('message_not_found');
      change(before, reading.draft);
      return { status: 200, body: { ok: true, channel, ts } };
    }
    if (method !== 'chat.postMessage') return refuse('unknown_method');
    const given = `${Math.floor(now() / 1000)}.${String(received + 1).padStart(6, '0')}`;
    const thread = threadTs === undefined ? {} : { threadTs };
    keep({ ...reading.draft, ts: given, ...thread });
    const message = threadTs === undefined ? {} : { thread_ts: threadTs };
    return { status: 200, body: { ok: true, channel, ts: given, message } };
  }

  /** What an app sends to the `response_url` of a click. */
  function slackResponse(raw: string, id: number): Answer {
    const before = messages.find((message) => message.id === id);
    if (!before) return { status: 404, body: 'expired_url' };
    if (!readCall(raw).replace_original) return { status: 200, body: 'ok' };
    const reading = readSlack(raw, before.to ?? '');
    if ('refusal' in reading) return { status: 400, body: reading.refusal };
    change(before, reading.draft);
    return { status: 200, body: 'ok' };
  }

  function pagerDuty(raw: string): Answer {
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

  function genie(channel: 'opsgenie' | 'jsm', raw: string, path: string, authorization: string): Answer {
    if (!/^GenieKey \S+$/.test(authorization)) {
      return { status: 401, body: { message: 'API Key not found', took: 0, requestId: randomUUID() } };
    }
    const reading = readGenie(channel, raw, path, summaryOf);
    const requestId = randomUUID();
    if ('refusal' in reading) return { status: 422, body: { message: reading.refusal, took: 0, requestId } };
    keep(reading.draft);
    return { status: 202, body: { result: 'Request will be processed', took: 0, requestId } };
  }

  function route(path: string, raw: string, headers: Record<string, string>): Answer | undefined {
    const { authorization = '' } = headers;
    const [, first = '', rest = ''] = /^\/([^/]+)(\/.*)?$/.exec(path) ?? [];
    switch (first) {
      case 'v2':
        return takeFault('pagerduty') ?? (path === '/v2/enqueue' ? pagerDuty(raw) : undefined);
      case 'services':
        return takeFault('slack') ?? slack(raw, path);
      case 'api':
        return takeFault('slack') ?? slackApi(raw, rest.slice(1), authorization);
      case 'actions':
        return slackResponse(raw, Number(rest.slice(1)));
      case 'opsgenie':
      case 'jsm':
        return takeFault(first) ?? genie(first, raw, rest, authorization);
    }
    if (!first.startsWith('webhook')) return undefined;
    const fault = takeFault('webhook');
    if (!fault) keep(readWebhook(raw, headers, path));
    return fault ?? { status: 200, body: {} };
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    const path = new URL(request.url ?? '/', 'http://inbox').pathname;
    if (request.method === 'GET' && path === '/api/inbox') return { status: 200, body: messages };
    if (request.method !== 'POST')
      return {
        status: 405,
        body: { message: `${request.method} ${path} is not answered here; POST notifications, GET /api/inbox` },
      };
    const known =
      '/services/... and /api/chat.* are Slack, /v2/enqueue PagerDuty, /opsgenie and /jsm these, /webhook... any other';
    const routed = route(path, await text(request), headersOf(request));
    return routed ?? { status: 404, body: { message: `No channel at ${path}: ${known}` } };
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
    slackApiUrl: `${url}/api`,
    pagerDutyUrl: `${url}/v2/enqueue`,
    opsgenieUrl: `${url}/opsgenie`,
    jsmUrl: `${url}/jsm`,
    webhookUrl: `${url}/webhook`,
    list: () => messages,
    onMessage(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    deliver(channel, to, subject, body, html) {
      const summary = subject === '' ? (body.split('\n')[0] ?? '') : subject;
      const draft = { channel, to, status: statusOf(summary), summary, links: linksIn(body), raw: body };
      keep(html === undefined ? draft : { ...draft, html });
    },
    fail(channel, status, times) {
      faults.set(channel, { status, left: times });
    },
    connect(to) {
      inbound = to;
    },
    async acknowledge(id) {
      const message = messages.find((one) => one.id === id);
      if (!message) throw new Error(`there is no message ${id}`);
      if (!inbound) throw new Error('nobody takes the answers of services');
      const request = answerIn(message, inbound, `${url}/actions/${id}`, now());
      if (!request) throw new Error(`message ${id} of ${message.channel} cannot be acknowledged there`);
      const { status } = await fetch(request);
      return { status };
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The members of a call of Slack's Web API that the inbox looks at. */
function readCall(raw: string): { channel?: string; ts?: string; thread_ts?: string; replace_original?: boolean } {
  try {
    return (JSON.parse(raw) as object | null) ?? {};
  } catch {
    return {};
  }
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
