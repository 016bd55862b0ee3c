import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { GroupRecord } from '../../../core/escalation/group.ts';
import { markSending } from '../../../core/escalation/ledger.ts';
import type { Notification, NotificationKind } from '../../../core/escalation/notification.ts';
import { CHANNELS, type Channel } from '../../../core/escalation/policy.ts';
import { classify, describeAnswer } from '../../../core/notifications/answer.ts';
import { channelKinds } from '../../../core/notifications/channel/list.ts';
import { ChannelNotConfigured, readChannels } from '../../../core/notifications/channels.ts';
import { formatValue, messageOf } from '../../../core/notifications/message.ts';
import type { ChannelRequest } from '../../../core/notifications/request.ts';
import { requestOf } from '../../support/channel-request.ts';
import { SETTINGS, T0 } from '../../support/escalation-timeline.ts';

const KEY = 'a-signing-key-of-32-characters..';
const channels = readChannels(
  JSON.stringify({
    slack: { webhookUrl: 'https://hooks.example.org/s' },
    pagerduty: { routingKey: 'r'.repeat(32) },
    webhook: { url: 'https://example.org/w', signingKey: KEY },
    heartbeat: { url: 'https://watch.example.org/h', signingKey: KEY },
    email: { to: ['on-call@example.org'] },
    sms: { to: ['+4915112345678'] },
    opsgenie: { apiKey: 'o', region: 'eu' },
    jsm: { apiKey: 'j' },
  }),
);
const context = { channels, environment: 'dev', nowMs: T0 };

function groupOf(names: readonly string[], labels: Record<string, string> = {}): GroupRecord {
  const members = names.map((alertname, i) => [
    `f${i}`,
    {
      labels: { alertname, severity: 'critical', thing: 'lab-1', ...labels },
      annotations: { summary: `${alertname} <summary> & more`, runbook_url: 'https://example.org/runbook' },
      value: 0.312512,
      status: 'firing' as const,
      activeAtMs: T0,
      changedAtMs: T0,
      sender: 'lab-1',
      senderVersion: 1,
    },
  ]);
  return {
    ...SETTINGS,
    groupLabels: { alertname: names[0] ?? '', thing: 'lab-1' },
    generation: 3,
    phase: 'open',
    openedAtMs: T0,
    revision: 1,
    told: [],
    sent: {},
    log: [],
    continuation: 0,
    members: Object.fromEntries(members),
  };
}

function notification(kind: NotificationKind, channel: Channel = 'slack'): Notification {
  return { key: `k.${channel}`, kind, channel, level: kind === 'escalate' ? 2 : 1, episode: 1, round: 0 };
}

const KINDS = ['trigger', 'escalate', 'acknowledged', 'resolved', 'unknown'] as const;

function request(channel: Channel, kind: NotificationKind, group = groupOf(['LowSignalQuality'])): ChannelRequest {
  return requestOf(
    channel,
    messageOf(group, notification(kind, channel), { acknowledgeUrl: 'https://ack.example.org/?t=x' }),
    context,
  );
}

function bodyOf(built: ChannelRequest): Record<string, unknown> {
  if (built.transport !== 'http') throw new Error('not an HTTP request');
  return JSON.parse(built.body) as Record<string, unknown>;
}

describe('a message', () => {
  const titleOf = (kind: NotificationKind, group = groupOf(['A'])): string =>
    messageOf(group, notification(kind), {}).title;

  test('says what, where, and how bad, in one line', () => {
    expect(titleOf('trigger')).toBe('CRITICAL: A on lab-1');
    expect(titleOf('escalate', groupOf(['A', 'B', 'C']))).toBe(
      'CRITICAL, level 2: A and 2 more on lab-1 (3 alerts), nobody has acknowledged',
    );
    const acknowledged = { ...groupOf(['A']), acknowledgement: { by: 'Ada', atMs: T0 } };
    expect(titleOf('acknowledged', acknowledged)).toBe('ACKNOWLEDGED by Ada: A on lab-1');
    expect(titleOf('resolved')).toBe('RESOLVED: A on lab-1');
    expect(titleOf('unknown')).toBe('UNKNOWN: A on lab-1, lab-1 is silent');
  });

  test('names a session by its handle and never a person', () => {
    const group = groupOf(['A'], {
      session_id: 's-42',
      participant_name: 'Grace',
      subject: 'Hopper',
      Patient: 'G. H.',
    });
    for (const channel of CHANNELS) {
      const text = JSON.stringify(request(channel, 'trigger', group));
      expect(text).not.toMatch(/Grace|Hopper|G\. H\./);
    }
  });

  test('has something to acknowledge only while it is open', () => {
    for (const kind of KINDS) {
      const { acknowledgeUrl } = messageOf(groupOf(['A']), notification(kind), { acknowledgeUrl: 'https://x' });
      expect(acknowledgeUrl).toBe(kind === 'acknowledged' || kind === 'resolved' ? undefined : 'https://x');
    }
  });

  test.each([
    [0.312512, '0.3125'],
    [1234567, '1235000'],
    [Number.NaN, 'not a number'],
  ])('writes the value %p as %s', (value, text) => expect(formatValue(value)).toBe(text));
});

describe('Slack', () => {
  test('gets blocks with the acknowledge button, control characters escaped, within its limits', () => {
    const group = groupOf(Array.from({ length: 200 }, (_, i) => `Alert${i}${'x'.repeat(300)}`));
    const body = bodyOf(request('slack', 'trigger', group)) as { text: string; blocks: { type: string }[] };
    const text = JSON.stringify(body);
    expect(text).toContain('&lt;summary&gt; &amp; more');
    expect(text).toContain('"url":"https://ack.example.org/?t=x"');
    expect(body.blocks.map(({ type }) => type)).toEqual(['header', 'section', 'section', 'actions']);
    const header = body.blocks[0] as unknown as { text: { text: string } };
    expect(header.text.text.length).toBeLessThanOrEqual(150);
  });
});

describe('PagerDuty', () => {
  test('keeps one key from trigger to resolve, and another for each generation and episode', () => {
    const keyOf = (kind: NotificationKind, generation = 3, episode = 1): unknown => {
      const message = messageOf({ ...groupOf(['A']), generation }, { ...notification(kind), episode }, {});
      return bodyOf(requestOf('pagerduty', message, context)).dedup_key;
    };
    expect(new Set(KINDS.map((kind) => keyOf(kind))).size).toBe(1);
    expect(keyOf('trigger', 4)).not.toBe(keyOf('trigger'));
    expect(keyOf('trigger', 3, 2)).not.toBe(keyOf('trigger'));
    expect(String(keyOf('trigger')).length).toBeLessThanOrEqual(255);
  });

  test.each([
    ['trigger', 'trigger'],
    ['escalate', 'trigger'],
    ['unknown', 'trigger'],
    ['acknowledged', 'acknowledge'],
    ['resolved', 'resolve'],
  ] as const)('%s is the event %s', (kind, action) => {
    expect(bodyOf(request('pagerduty', kind))).toMatchObject({ event_action: action, routing_key: 'r'.repeat(32) });
  });

  test('takes an event of any group: under 512 KB, summary and severity as it wants them', () => {
    const group = groupOf(
      Array.from({ length: 500 }, (_, i) => `Alert${i}`),
      { note: 'n'.repeat(2000) },
    );
    const built = request('pagerduty', 'trigger', group);
    expect(built.transport === 'http' && Buffer.byteLength(built.body)).toBeLessThan(512_000);
    expect(bodyOf(built).payload).toMatchObject({ severity: 'critical', source: 'lab-1', class: 'Alert0' });
  });
});

describe('SNS', () => {
  test('gets a subject it accepts and the link as text', () => {
    const built = request('sns', 'trigger', groupOf([`Häßlich\n${'y'.repeat(200)}`]));
    if (built.transport !== 'sns') throw new Error('not for SNS');
    expect(built.subject).toMatch(/^[\x20-\x7e]{1,100}$/);
    expect(built.message).toContain('Acknowledge: https://ack.example.org/?t=x');
    expect(built.attributes).toEqual({ kind: 'trigger', severity: 'critical' });
  });
});

describe('a webhook', () => {
  test("gets Alertmanager's payload, version 4", () => {
    expect(bodyOf(request('webhook', 'trigger', groupOf(['A', 'B'])))).toMatchObject({
      version: '4',
      groupKey: 'g:3',
      truncatedAlerts: 0,
      status: 'firing',
      receiver: 'critical',
      groupLabels: { alertname: 'A', thing: 'lab-1' },
      commonLabels: { severity: 'critical', thing: 'lab-1' },
      alerts: [
        { status: 'firing', startsAt: new Date(T0).toISOString(), endsAt: '0001-01-01T00:00:00Z', fingerprint: 'f0' },
        { labels: { alertname: 'B' } },
      ],
    });
    expect(bodyOf(request('webhook', 'resolved')).status).toBe('resolved');
  });

  test('is signed, body and time together', () => {
    const built = request('webhook', 'trigger');
    if (built.transport !== 'http') throw new Error('not for HTTP');
    const timestamp = built.headers['x-nsmon-timestamp'];
    expect(timestamp).toBe(String(T0 / 1000));
    const right = createHmac('sha256', KEY).update(`${timestamp}.${built.body}`).digest('hex');
    expect(built.headers['x-nsmon-signature']).toBe(`sha256=${right}`);
  });
});

describe('the channels secret', () => {
  test('that lacks a channel says what to add', () => {
    const message = messageOf(groupOf(['A']), notification('trigger'), {});
    for (const channel of CHANNELS.filter((one) => one !== 'sns')) {
      const build = () => requestOf(channel, message, { ...context, channels: {} });
      expect(build).toThrow(ChannelNotConfigured);
      expect(build).toThrow(new RegExp(`no "${channel}": add \\{"${channel}"`));
    }
  });

  test('that is wrong is told all that is wrong, without a value', () => {
    const secret = { slack: { webhookUrl: 'hunter2' }, pagerduty: {}, acknowledge: { signingKey: 'hunter2' } };
    expect(() => readChannels(JSON.stringify(secret))).toThrow(
      /slack.webhookUrl must be a URL; pagerduty.routingKey .*; acknowledge.signingKey must be a text of at least 16/,
    );
    expect(() => readChannels(JSON.stringify(secret))).not.toThrow(/hunter2/);
    expect(() => readChannels('not json')).toThrow(/not JSON/);
  });
});

describe('an answer, of any channel', () => {
  test.each(CHANNELS)('%s: delivered, retried, given up', (channel) => {
    const verdicts = (statuses: number[]): string[] =>
      statuses.map((status) => classify(channelKinds[channel], { status, text: '' }, request(channel, 'trigger')));
    const delivered = ['pagerduty', 'opsgenie', 'jsm'].includes(channel) ? 202 : 200;
    expect(verdicts([delivered])).toEqual(['delivered']);
    expect(verdicts([408, 429, 500, 502, 503])).toEqual(Array(5).fill('retry'));
    expect(verdicts([400, 401, 403, 404, 410])).toEqual(Array(5).fill('gave-up'));
    expect(classify(channelKinds[channel], { error: 'no answer within 5 s' }, request(channel, 'trigger'))).toBe(
      'retry',
    );
  });

  test('is one line in the log', () => {
    expect(describeAnswer({ status: 404, text: 'no_team\n' })).toBe('404 no_team');
    expect(describeAnswer({ error: 'refused' })).toBe('refused');
  });
});

test('marking a notification leaves the others alone', () => {
  const group = markSending(groupOf(['A']), [notification('trigger')], T0);
  expect(Object.keys(group.sent)).toEqual(['k.slack']);
});
