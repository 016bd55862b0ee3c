import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { GroupRecord } from '../../../core/escalation/group.ts';
import type { NotificationKind } from '../../../core/escalation/notification.ts';
import { CHANNELS, type Channel } from '../../../core/escalation/policy.ts';
import { classify } from '../../../core/notifications/answer.ts';
import { channelKinds } from '../../../core/notifications/channel/list.ts';
import { type Channels, readChannels } from '../../../core/notifications/channels.ts';
import { type Delivery, deliver } from '../../../core/notifications/deliver.ts';
import { messageOf } from '../../../core/notifications/message.ts';
import { withRetries } from '../../../lambdas/escalation-notify/retry.ts';
import { sender } from '../../../lambdas/escalation-notify/send.ts';
import { SETTINGS, T0 } from '../../support/escalation-timeline.ts';
import {
  answers,
  type Behave,
  breaksOff,
  isSilent,
  type Provider,
  resets,
  stalls,
  startProvider,
} from '../../support/provider.ts';

/** Long enough for a machine that is busy; short where nothing is to be expected. */
const TIMEOUT_MS = 10_000;
const IMPATIENT_MS = 250;
const TS = '1763900000.000100';
const GROUP: GroupRecord = {
  ...SETTINGS,
  generation: 3,
  phase: 'open',
  openedAtMs: T0,
  revision: 1,
  told: [],
  sent: {},
  log: [],
  continuation: 0,
  members: {
    f1: {
      labels: { alertname: 'LowSignalQuality', severity: 'critical', thing: 'lab-1' },
      annotations: { summary: 'C3 is flat', runbook_url: 'docs/runbook.md#low' },
      value: 0.1,
      status: 'firing',
      activeAtMs: T0,
      changedAtMs: T0,
      sender: 'lab-1',
      senderVersion: 1,
    },
  },
};

let provider: Provider;
let channels: Channels;
beforeAll(async () => {
  provider = await startProvider();
  const { url } = provider;
  channels = readChannels(
    JSON.stringify({
      slack: { botToken: 'xoxb-1', channel: 'C1', apiUrl: `${url}/api` },
      pagerduty: { routingKey: 'r'.repeat(32), eventsUrl: `${url}/v2/enqueue` },
      webhook: { url: `${url}/hook`, signingKey: 'k'.repeat(32), allowPrivateAddress: true },
      heartbeat: { url: `${url}/heartbeat`, signingKey: 'k'.repeat(32), allowPrivateAddress: true },
      email: { to: ['on-call@example.org'] },
      sms: { to: ['+4915112345678'] },
      opsgenie: { apiKey: 'o', apiUrl: url },
      jsm: { apiKey: 'j', apiUrl: `${url}/jsm` },
      people: { ada: { email: 'ada@example.org', phone: '+4915100000000', slackUserId: 'U1' } },
    }),
  );
});
afterAll(() => provider.close());

/** What a healthy provider answers, in its own words. */
const HEALTHY: Readonly<Record<Channel, Behave>> = {
  slack: answers(200, JSON.stringify({ ok: true, channel: 'C1', ts: TS, message: { text: 'x'.repeat(5000) } })),
  pagerduty: answers(202, '{"status":"success","message":"Event processed","dedup_key":"k"}'),
  webhook: answers(204),
  heartbeat: answers(200),
  sns: answers(200, '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>'),
  sms: answers(200, '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>'),
  email: answers(200, '{"MessageId":"m"}', { 'content-type': 'application/json' }),
  opsgenie: answers(202, '{"result":"Request will be processed","took":0.1,"requestId":"r"}'),
  jsm: answers(202, '{"result":"Request will be processed","took":0.1,"requestId":"r"}'),
};

interface Way {
  readonly kind?: NotificationKind;
  readonly person?: string;
  readonly receipt?: string;
  /** Tries with a clock that is moved by its own pauses. */
  readonly patience?: { readonly deadlineMs: number; readonly pauses: number[] };
  readonly secret?: Channels;
  readonly timeoutMs?: number;
}

async function told(channel: Channel, way: Way = {}): Promise<Delivery> {
  const { kind = 'trigger', person, receipt, patience, secret = channels, timeoutMs = TIMEOUT_MS } = way;
  const to = person === undefined ? {} : { person };
  const notification = { key: `e1.r0.L1.${channel}`, kind, channel, ...to, level: 1, episode: 1, round: 0 };
  const message = messageOf(GROUP, notification, {
    acknowledgeUrl: 'https://ack.example.org/?t=x',
    runbookBaseUrl: 'https://docs.example.org/',
  });
  const client = { endpoint: provider.url, region: 'us-east-1', maxAttempts: 1 };
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const sns = new SNSClient({ ...client, credentials });
  const ses = new SESv2Client({ ...client, credentials });
  const topicArn = 'arn:aws:sns:us-east-1:123456789012:alerts';
  const emailSender = 'monitor@example.org';
  let nowMs = 0;
  const send = sender({ sns, ses, topicArn, emailSender, nowMs: () => T0, timeoutMs });
  const context = { channels: secret, environment: 'dev', nowMs: T0, ...(receipt === undefined ? {} : { receipt }) };
  const delivery = await deliver(channelKinds[channel], message, context, (request) =>
    patience === undefined
      ? send(request)
      : withRetries(
          () => send(request),
          (answer) => classify(channelKinds[channel], answer, request) === 'retry',
          patience.deadlineMs,
          1000,
          {
            nowMs: () => nowMs,
            random: () => 0.5,
            async sleep(ms) {
              patience.pauses.push(ms);
              nowMs += ms;
            },
          },
        ),
  );
  sns.destroy();
  ses.destroy();
  return delivery;
}

/** How a provider refuses, which for AWS is an error of its own shape. */
function refuses(channel: Channel, status: number, headers: Record<string, string> = {}): Behave {
  if (channel === 'sns' || channel === 'sms') {
    const code = status === 429 ? 'Throttled' : 'InvalidParameter';
    return answers(
      status === 429 ? 400 : status,
      `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
      headers,
    );
  }
  if (channel === 'email') {
    const error = status === 429 ? 'TooManyRequestsException' : 'MessageRejected';
    return answers(status, '{"message":"no"}', {
      'content-type': 'application/json',
      'x-amzn-errortype': error,
      ...headers,
    });
  }
  return answers(status, 'no', headers);
}

describe.each(CHANNELS)('the channel %s', (channel) => {
  test.each(['trigger', 'escalate', 'unknown', 'acknowledged', 'reminder', 'resolved'] as const)(
    'takes the news "%s" with one request',
    async (kind) => {
      provider.behave(HEALTHY[channel]);
      expect(await told(channel, { kind })).toMatchObject({ verdict: 'delivered' });
      expect(provider.seen).toHaveLength(1);
    },
  );

  test.each([500, 502, 503, 429])('is tried again later when it answers %d', async (status) => {
    provider.behave(refuses(channel, status));
    expect(await told(channel)).toMatchObject({ verdict: 'retry' });
  });

  test.each([400, 401, 403, 404, 410, 422])(
    'is given up when it answers %d, and says what it answered',
    async (status) => {
      provider.behave(refuses(channel, status));
      const { verdict, answer } = await told(channel);
      expect(verdict).toBe('gave-up');
      expect(answer).toMatchObject({ status, text: expect.stringContaining('no') });
    },
  );

  test.each([
    ['cuts the connection', resets],
    ['breaks off in its answer', breaksOff],
    ['says nothing', isSilent],
    ['never ends its answer', stalls],
  ])('is tried again later when it %s', async (_how, behaviour) => {
    provider.behave(behaviour);
    const isQuick = behaviour === resets || behaviour === breaksOff;
    const { verdict, answer } = await told(channel, isQuick ? {} : { timeoutMs: IMPATIENT_MS });
    expect(verdict).toBe('retry');
    expect(answer).toMatchObject({ error: expect.stringMatching(/./) });
  });

  test('is tried again at once when that helps, with pauses that grow', async () => {
    const patience = { deadlineMs: 60_000, pauses: [] };
    provider.behave(refuses(channel, 503), resets, HEALTHY[channel]);
    expect(await told(channel, { patience })).toMatchObject({ verdict: 'delivered' });
    expect(patience.pauses).toEqual([250, 500]);
    expect(provider.seen).toHaveLength(3);
  });

  test('is not tried again when it has given up, nor for ever', async () => {
    const patience = { deadlineMs: 60_000, pauses: [] };
    provider.behave(refuses(channel, 403));
    await told(channel, { patience });
    expect(provider.seen).toHaveLength(1);
    provider.behave(refuses(channel, 503));
    await told(channel, { patience });
    expect(provider.seen).toHaveLength(3);
  });
});

const OVER_HTTP = CHANNELS.filter((channel) => !['sns', 'sms', 'email'].includes(channel));

describe.each(OVER_HTTP)('Retry-After of %s', (channel) => {
  test('is waited for where the function has the time', async () => {
    const patience = { deadlineMs: 60_000, pauses: [] };
    provider.behave(refuses(channel, 429, { 'retry-after': '7' }), HEALTHY[channel]);
    expect(await told(channel, { patience })).toMatchObject({ verdict: 'delivered' });
    expect(patience.pauses).toEqual([7000]);
  });

  test('is handed on where it has not: nothing is sent before', async () => {
    const patience = { deadlineMs: 5000, pauses: [] };
    provider.behave(refuses(channel, 429, { 'retry-after': new Date(T0 + 90_000).toUTCString() }));
    const { verdict, answer } = await told(channel, { patience });
    expect(verdict).toBe('retry');
    expect(answer).toMatchObject({ status: 429, retryAfterMs: 90_000 });
    expect(patience.pauses).toEqual([]);
    expect(provider.seen).toHaveLength(1);
  });

  test('follows no redirect', async () => {
    provider.behave(answers(302, '', { location: `${provider.url}/elsewhere` }), HEALTHY[channel]);
    await told(channel);
    expect(provider.seen.map(({ path }) => path)).not.toContain('/elsewhere');
  });
});

describe('Slack with a token', () => {
  const api = (reply: object): Behave => answers(200, JSON.stringify(reply));
  const bodies = (): Record<string, unknown>[] =>
    provider.seen.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  const paths = (): string[] => provider.seen.map(({ path }) => path);

  test('remembers its message, and changes it in place', async () => {
    provider.behave(HEALTHY.slack);
    expect(await told('slack')).toMatchObject({ receipt: `C1/${TS}` });
    expect(provider.seen[0]?.headers.authorization).toBe('Bearer xoxb-1');
    provider.behave(HEALTHY.slack);
    expect(await told('slack', { kind: 'resolved', receipt: `C1/${TS}` })).toMatchObject({ receipt: `C1/${TS}` });
    expect(paths()).toEqual(['/api/chat.update']);
    expect(bodies()[0]).toMatchObject({ channel: 'C1', ts: TS });
  });

  test('says in the thread, and in the channel, what is worse', async () => {
    const reply = api({ ok: true, channel: 'C1', ts: '2.0', message: { thread_ts: TS } });
    provider.behave(api({ ok: true, channel: 'C1', ts: TS }), reply);
    expect(await told('slack', { kind: 'escalate', receipt: `C1/${TS}` })).toMatchObject({ receipt: `C1/${TS}` });
    expect(paths()).toEqual(['/api/chat.update', '/api/chat.postMessage']);
    expect(bodies()[1]).toMatchObject({ channel: 'C1', thread_ts: TS, reply_broadcast: true });
  });

  test('posts anew when its message is gone', async () => {
    provider.behave(api({ ok: false, error: 'message_not_found' }), api({ ok: true, channel: 'C1', ts: '3.0' }));
    const delivery = await told('slack', { kind: 'escalate', receipt: `C1/${TS}` });
    expect(delivery).toMatchObject({ verdict: 'delivered', receipt: 'C1/3.0' });
    expect(paths()).toEqual(['/api/chat.update', '/api/chat.postMessage']);
  });

  test.each([
    ['ratelimited', 'retry'],
    ['internal_error', 'retry'],
    ['invalid_auth', 'gave-up'],
    ['channel_not_found', 'gave-up'],
  ])('takes the error "%s" of a 200 as %s', async (error, verdict) => {
    provider.behave(api({ ok: false, error }));
    expect(await told('slack')).toMatchObject({ verdict });
  });

  test('does not believe a 200 that it cannot read', async () => {
    provider.behave(answers(200, '<html>maintenance</html>'));
    expect(await told('slack')).toMatchObject({ verdict: 'retry' });
  });
});

describe('one person', () => {
  test.each([
    ['slack', 'U1'],
    ['email', 'ada@example.org'],
    ['sms', '+4915100000000'],
    ['opsgenie', 'ada@example.org'],
    ['webhook', 'ada'],
  ] as const)('is told by %s at %s', async (channel, address) => {
    provider.behave(HEALTHY[channel]);
    expect(await told(channel, { person: 'ada' })).toMatchObject({ verdict: 'delivered' });
    const { body = '' } = provider.seen[0] ?? {};
    expect([address, encodeURIComponent(address)].some((form) => body.includes(form))).toBe(true);
  });

  test.each(['pagerduty', 'jsm'] as const)('who has no address at %s is not told at another one', async (channel) => {
    provider.behave(HEALTHY[channel]);
    await expect(told(channel, { person: 'ada' })).rejects.toThrow(/does not say where ada is reached/);
    expect(provider.seen).toHaveLength(0);
  });

  test('of several telephones a dead one does not keep the others from ringing', async () => {
    provider.behave(refuses('sms', 400), HEALTHY.sms);
    const secret = { ...channels, sms: { to: ['+4915112345678', '+4915112345679'] } };
    expect(await told('sms', { secret })).toMatchObject({ verdict: 'gave-up' });
    expect(provider.seen).toHaveLength(2);
  });
});

describe('the webhook', () => {
  const to = (url: string): Channels => ({ webhook: { url } });

  test.each([
    'http://127.0.0.1:PORT/',
    'http://localhost:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://2130706433:PORT/',
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'https://192.168.1.1/',
    'http://[fd00::1]/',
    'http://[fe80::1]/',
    'http://0.0.0.0:PORT/',
    'http://100.64.0.1/',
  ])('does not call %s unless that is allowed', async (url) => {
    provider.behave(HEALTHY.webhook);
    const secret = to(url.replace('PORT', new URL(provider.url).port));
    const { verdict, answer } = await told('webhook', { secret });
    expect(verdict).toBe('gave-up');
    expect(answer).toMatchObject({ forbidden: expect.stringContaining('is no public address') });
    expect(provider.seen).toHaveLength(0);
  });

  test('says the same key whenever it sends the same notification again', async () => {
    provider.behave(HEALTHY.webhook);
    await told('webhook');
    await told('webhook');
    const keys = provider.seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual(['nsmon/dev/g/3/e1.r0.L1.webhook', 'nsmon/dev/g/3/e1.r0.L1.webhook']);
  });
});
