import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Channels } from '../../../core/notifications/channels.ts';
import { createInbox, type Inbox } from '../../../local/inbox/inbox.ts';
import { requestOf } from '../../support/channel-request.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const ROUTING_KEY = '0123456789abcdef0123456789abcdef';
let inbox: Inbox;

beforeEach(async () => {
  inbox = await createInbox({ now: () => NOW });
});

afterEach(() => inbox.close());

async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

describe('Slack', () => {
  test('answers "ok" and shows the text, its links and the level', async () => {
    const answer = await post(inbox.slackUrl, {
      text: 'Electrode C3 detached on lab-1 (level 1)\nDetails',
      blocks: [
        {
          type: 'section',
          text: { type: 'mrkdwn', text: 'See <https://grafana.example/d/1?a=1&amp;b=2|the dashboard>.' },
        },
        {
          type: 'actions',
          elements: [
            { type: 'button', text: { type: 'plain_text', text: 'Acknowledge' }, url: 'https://x.example/p?t=1' },
          ],
        },
      ],
    });
    expect([answer.status, answer.text]).toEqual([200, 'ok']);
    expect(inbox.list()).toMatchObject([
      {
        id: 1,
        at: NOW,
        channel: 'slack',
        status: 'trigger',
        summary: 'Electrode C3 detached on lab-1 (level 1)',
        level: 1,
        acknowledgeUrl: 'https://x.example/p?t=1',
        links: expect.arrayContaining([{ href: 'https://grafana.example/d/1?a=1&b=2', text: 'the dashboard' }]),
      },
    ]);
  });

  test.each([
    ['acknowledge', '👀 ACKNOWLEDGED by Robin: C3'],
    ['trigger', '🔺 CRITICAL, level 2: C3, nobody has acknowledged'],
    ['resolve', '✅ RESOLVED: C3'],
  ])('recognises %s by its words', async (status, text) => {
    await post(inbox.slackUrl, { text });
    expect(inbox.list()[0]?.status).toBe(status);
  });

  test.each([
    ['invalid_payload', 'not json'],
    ['no_text', '{}'],
  ])('refuses with %s', async (word, body) => {
    const answer = await post(inbox.slackUrl, body);
    expect([answer.status, answer.text]).toEqual([400, word]);
    expect(inbox.list()).toEqual([]);
  });

  test('fails as often as it was told, with Retry-After when throttled', async () => {
    inbox.fail('slack', 429, 2);
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await post(inbox.slackUrl, { text: 'hello' }));
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 200]);
    expect(answers[0]?.headers.get('retry-after')).toBe('1');
    expect(inbox.list().length).toBe(1);
  });
});

describe('PagerDuty', () => {
  const trigger = {
    routing_key: ROUTING_KEY,
    event_action: 'trigger',
    dedup_key: 'group-1',
    payload: { summary: 'C3 detached', source: 'lab-1', severity: 'critical' },
    links: [{ href: 'https://x.example/page?t=2', text: 'Acknowledge' }],
  };

  test('takes the life of an incident under one key', async () => {
    const answer = await post(inbox.pagerDutyUrl, trigger);
    expect(answer.status).toBe(202);
    expect(JSON.parse(answer.text)).toEqual({ status: 'success', message: 'Event processed', dedup_key: 'group-1' });
    await post(inbox.pagerDutyUrl, { routing_key: ROUTING_KEY, event_action: 'acknowledge', dedup_key: 'group-1' });
    await post(inbox.pagerDutyUrl, { routing_key: ROUTING_KEY, event_action: 'resolve', dedup_key: 'group-1' });
    expect(inbox.list().map(({ status, summary }) => `${status} ${summary}`)).toEqual([
      'trigger C3 detached',
      'acknowledge C3 detached',
      'resolve C3 detached',
    ]);
    expect(inbox.list()[0]?.acknowledgeUrl).toBe('https://x.example/page?t=2');
  });

  test('reports everything that is wrong at once', async () => {
    const answer = await post(inbox.pagerDutyUrl, { event_action: 'trigger', payload: { severity: 'page' } });
    expect(answer.status).toBe(400);
    const { status, errors } = JSON.parse(answer.text) as { status: string; errors: string[] };
    expect(status).toBe('invalid event');
    expect(errors.map((error) => error.split("'")[1])).toEqual([
      'routing_key',
      'payload.summary',
      'payload.source',
      'payload.severity',
    ]);
  });

  test('needs the key to acknowledge or resolve', async () => {
    const answer = await post(inbox.pagerDutyUrl, { routing_key: ROUTING_KEY, event_action: 'resolve' });
    expect(answer.status).toBe(400);
  });

  test('answers 500 when told to', async () => {
    inbox.fail('pagerduty', 500, 1);
    expect((await post(inbox.pagerDutyUrl, trigger)).status).toBe(500);
    expect((await post(inbox.pagerDutyUrl, trigger)).status).toBe(202);
  });
});

test('a webhook keeps its headers and its body as they came', async () => {
  const body = '{"status":"firing","summary":"C3","level":2,"acknowledgeUrl":"https://x.example/a?t=3"}';
  await post(`${inbox.webhookUrl}/team`, body, { 'x-signature': 'v1=abc' });
  expect(inbox.list()).toMatchObject([
    {
      channel: 'webhook',
      status: 'trigger',
      summary: 'C3',
      level: 2,
      acknowledgeUrl: 'https://x.example/a?t=3',
      to: '/webhook/team',
      raw: body,
    },
  ]);
  expect(inbox.list()[0]?.headers?.['x-signature']).toBe('v1=abc');
});

test('listeners hear of mail until they stop listening, and the page reads the same list', async () => {
  const heard: string[] = [];
  const stop = inbox.onMessage(({ summary }) => heard.push(summary));
  inbox.deliver(
    'email',
    'oncall@example.org',
    'C3 detached',
    'C3 detached\n\nAcknowledge: http://127.0.0.1:1/?t=4\n\nRunbook: https://x.example/r',
  );
  stop();
  inbox.deliver('sms', '+15550100', '', 'RESOLVED C3');
  expect(heard).toEqual(['C3 detached']);
  const listed = (await (await fetch(`${inbox.url}/api/inbox`)).json()) as unknown[];
  expect(listed).toEqual(JSON.parse(JSON.stringify(inbox.list())));
  expect(inbox.list()).toMatchObject([
    { channel: 'email', to: 'oncall@example.org', acknowledgeUrl: 'http://127.0.0.1:1/?t=4' },
    { channel: 'sms', status: 'resolve', summary: 'RESOLVED C3' },
  ]);
});

test('an unknown path says which paths there are', async () => {
  const answer = await post(`${inbox.url}/nowhere`, {});
  expect(answer.status).toBe(404);
  expect(answer.text).toContain('/v2/enqueue');
});

describe("the system's own notifications", () => {
  const message = {
    title: 'CRITICAL, level 2: ElectrodeDetached on lab-1, nobody has acknowledged',
    severity: 'critical' as const,
    summary: 'C3 is off',
    description: 'Look at the cap.',
    facts: [{ name: 'since', value: '2026-11-23 10:00:00 UTC' }],
    runbookUrl: 'https://x.example/runbook',
    acknowledgeUrl: 'http://127.0.0.1:1/?t=abc.def',
    alerts: [],
    moreAlerts: 0,
    groupId: 'g',
    generation: 1,
    episode: 1,
    receiver: 'lab',
    groupLabels: {},
    source: 'lab-1',
    openedAtMs: NOW,
  };

  const send = async (
    channel: 'slack' | 'pagerduty' | 'webhook',
    kind: 'escalate' | 'acknowledged' | 'resolved',
    title = message.title,
  ) => {
    const channels = {
      slack: { webhookUrl: inbox.slackUrl },
      pagerduty: { routingKey: ROUTING_KEY, eventsUrl: inbox.pagerDutyUrl },
      webhook: { url: inbox.webhookUrl, signingKey: 'key' },
    } as Channels;
    const { acknowledgeUrl, ...rest } = message;
    const offered = kind === 'escalate' ? { acknowledgeUrl } : {};
    const request = requestOf(
      channel,
      { ...rest, ...offered, key: 'k', kind, title },
      { channels, environment: 'dev', nowMs: NOW },
    );
    if (request.transport !== 'http') throw new Error(`${channel} is not sent over HTTP`);
    await post(request.url, request.body, request.headers);
    return inbox.list().at(-1);
  };

  test.each(['slack', 'pagerduty', 'webhook'] as const)(
    '%s: an escalation, its acknowledgement and its end are read as such',
    async (channel) => {
      const escalated = await send(channel, 'escalate');
      expect(escalated).toMatchObject({ channel, status: 'trigger', level: 2, acknowledgeUrl: message.acknowledgeUrl });
      expect((await send(channel, 'acknowledged', 'ACKNOWLEDGED by Robin: x'))?.status).toBe('acknowledge');
      const resolved = await send(channel, 'resolved', 'RESOLVED: x');
      expect(resolved?.status).toBe('resolve');
      expect(resolved?.acknowledgeUrl).toBeUndefined();
    },
  );
});

describe('the Web API of Slack', () => {
  const call = async (method: string, body: object, token = 'Bearer xoxb-1') =>
    JSON.parse((await post(`${inbox.slackApiUrl}/${method}`, body, { authorization: token })).text) as {
      ok: boolean;
      ts?: string;
      error?: string;
    };

  test('changes a message in place, and puts replies beside it', async () => {
    const { ts } = await call('chat.postMessage', { channel: 'C1', text: 'WARNING: A' });
    await call('chat.postMessage', { channel: 'C1', text: 'worse', thread_ts: ts });
    expect(await call('chat.update', { channel: 'C1', ts, text: 'RESOLVED: A' })).toMatchObject({ ok: true, ts });
    expect(inbox.list()).toMatchObject([
      { id: 1, summary: 'RESOLVED: A', status: 'resolve', edits: 1, to: 'C1' },
      { id: 2, summary: 'worse', threadTs: ts },
    ]);
  });

  test('answers 200 to what it refuses, and says so in the body', async () => {
    expect(await call('chat.update', { channel: 'C1', ts: '1', text: 'x' })).toEqual({
      ok: false,
      error: 'message_not_found',
    });
    expect(await call('chat.postMessage', { channel: 'C1', text: 'x' }, '')).toMatchObject({ error: 'not_authed' });
    expect(await call('chat.postMessage', { text: 'x' })).toMatchObject({ error: 'channel_not_found' });
  });
});

describe.each(['opsgenie', 'jsm'] as const)('%s', (service) => {
  const alerts = () => `${service === 'opsgenie' ? inbox.opsgenieUrl : inbox.jsmUrl}/v2/alerts`;
  const headers = { authorization: 'GenieKey k' };

  test('takes an alert, its acknowledgement and its end by the alias', async () => {
    expect((await post(alerts(), { message: 'A', alias: 'x/1', priority: 'P1' }, headers)).status).toBe(202);
    const action = (name: string) => `${alerts()}/${encodeURIComponent('x/1')}/${name}?identifierType=alias`;
    expect((await post(action('acknowledge'), {}, headers)).status).toBe(202);
    expect((await post(action('close'), { note: 'RESOLVED: A' }, headers)).status).toBe(202);
    expect(inbox.list()).toMatchObject([
      { channel: service, status: 'trigger', summary: 'A', dedupKey: 'x/1' },
      { channel: service, status: 'acknowledge', summary: 'A', dedupKey: 'x/1' },
      { channel: service, status: 'resolve', summary: 'RESOLVED: A', dedupKey: 'x/1' },
    ]);
  });

  test('refuses what is too long, and whoever has no key', async () => {
    expect((await post(alerts(), { message: 'x'.repeat(131) }, headers)).status).toBe(422);
    expect((await post(alerts(), { message: 'x' })).status).toBe(401);
    expect(inbox.list()).toEqual([]);
  });
});

test('what cannot be acknowledged in its service says so', async () => {
  inbox.deliver('sms', '+12025550123', '', 'WARNING: A');
  await expect(inbox.acknowledge(1)).rejects.toThrow('nobody takes the answers');
  inbox.connect({ url: 'http://127.0.0.1:9/', pagerdutySecret: 'p', slackSecret: 's' });
  await expect(inbox.acknowledge(1)).rejects.toThrow('message 1 of sms cannot be acknowledged there');
  await expect(inbox.acknowledge(7)).rejects.toThrow('there is no message 7');
});
