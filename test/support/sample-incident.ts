import type { Message } from '../../core/notifications/message.ts';
import { pagerdutyRequest } from '../../core/notifications/pagerduty.ts';
import type { HttpRequest } from '../../core/notifications/request.ts';
import { slackRequest } from '../../core/notifications/slack.ts';
import { snsRequest } from '../../core/notifications/sns.ts';
import { webhookRequest } from '../../core/notifications/webhook.ts';
import type { Inbox } from '../../local/inbox/inbox.ts';

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
  const pagerduty = { eventsUrl: inbox.pagerDutyUrl, routingKey: ROUTING_KEY };

  await send(slackRequest(inbox.slackUrl, first));
  const email = snsRequest(first);
  inbox.deliver('email', 'on-call@example.org', email.subject, email.message);
  await send(pagerdutyRequest(pagerduty, second, 'dev'));
  await send(pagerdutyRequest(pagerduty, taken, 'dev'));
  await send(webhookRequest({ url: inbox.webhookUrl }, over, atMs));
  await send(slackRequest(inbox.slackUrl, over));
}

async function send({ url, method, headers, body }: HttpRequest): Promise<void> {
  const response = await fetch(url, { method, headers, body });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
}
