import type { Channel } from '../../core/escalation/policy.ts';
import type { Channels } from '../../core/notifications/channels.ts';
import type { Message } from '../../core/notifications/message.ts';
import type { ChannelRequest } from '../../core/notifications/request.ts';
import type { Inbox } from '../../local/inbox/inbox.ts';
import { requestOf } from './channel-request.ts';

const ROUTING_KEY = '0123456789abcdef0123456789abcdef';

/** An electrode comes off, level 1 is told, nobody answers, level 2 is paged and acknowledges, the electrode is back. */
export async function notifySampleIncident(inbox: Inbox, atMs: number): Promise<void> {
  const labels = {
    alertname: 'ElectrodeDetached',
    severity: 'warning',
    thing: 'lab-1',
    device_id: 'cyton-a1b2',
    channel: 'C3',
  };
  const annotations = {
    summary: 'Electrode C3 of cyton-a1b2 has no contact',
    description: 'Its quality has been below 10 % for 30 seconds. Press the electrode on, or add gel.',
  };
  const acknowledgeUrl = 'http://127.0.0.1:9000/acknowledge?token=example';
  const message = (kind: Message['kind'], title: string): Message => ({
    key: `e1.${kind}`,
    kind,
    title,
    severity: 'warning',
    ...annotations,
    facts: [
      { name: 'since', value: '2026-11-23 21:38:00 UTC' },
      { name: 'value', value: '0.04' },
      ...Object.entries(labels)
        .slice(1)
        .map(([name, value]) => ({ name, value })),
    ],
    runbookUrl: 'http://127.0.0.1/runbook#electrodedetached',
    ...(kind === 'trigger' || kind === 'escalate' ? { acknowledgeUrl } : {}),
    alerts: [
      {
        fingerprint: 'f1',
        status: kind === 'resolved' ? 'resolved' : 'firing',
        labels,
        annotations,
        startsAtMs: atMs,
        value: 0.04,
      },
    ],
    moreAlerts: 0,
    groupId: 'g1',
    generation: 1,
    episode: 1,
    receiver: 'lab-team',
    groupLabels: { alertname: labels.alertname, thing: labels.thing },
    source: 'lab-1',
    openedAtMs: atMs,
  });
  const what = 'ElectrodeDetached on lab-1';
  const first = message('trigger', `WARNING: ${what}`);
  const second = message('escalate', `WARNING, level 2: ${what}, nobody has acknowledged`);
  const taken = message('acknowledged', `ACKNOWLEDGED by Robin: ${what}`);
  const over = message('resolved', `RESOLVED: ${what}`);
  const channels: Channels = {
    slack: { webhookUrl: inbox.slackUrl, signingSecret: 's'.repeat(32) },
    pagerduty: { eventsUrl: inbox.pagerDutyUrl, routingKey: ROUTING_KEY },
    webhook: { url: inbox.webhookUrl, allowPrivateAddress: true },
    email: { to: ['on-call@example.org'] },
    sms: { to: ['+12025550123'] },
    opsgenie: { apiKey: 'o', region: 'us', apiUrl: inbox.opsgenieUrl },
    jsm: { apiKey: 'j', apiUrl: inbox.jsmUrl },
  };
  const context = { channels, environment: 'dev', nowMs: atMs };
  const send = (channel: Channel, about: Message) => deliver(inbox, requestOf(channel, about, context));
  await send('slack', first);
  await send('sns', first);
  await send('email', first);
  await send('sms', first);
  await send('opsgenie', first);
  await send('jsm', first);
  await send('pagerduty', second);
  await send('pagerduty', taken);
  await send('webhook', over);
  await send('slack', over);
}

async function deliver(inbox: Inbox, request: ChannelRequest): Promise<void> {
  if (request.transport !== 'http') {
    if (request.transport === 'sms') inbox.deliver('sms', request.to, '', request.message);
    else {
      const html = request.transport === 'email' ? [request.html] : [];
      inbox.deliver('email', 'on-call@example.org', request.subject, request.message, ...html);
    }
    return;
  }
  const { url, method, headers, body } = request;
  const response = await fetch(url, { method, headers, body });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
}
