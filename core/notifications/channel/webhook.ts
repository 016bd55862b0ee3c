import { createHmac } from 'node:crypto';
import { ChannelNotConfigured, type Channels } from '../channels.ts';
import type { Message } from '../message.ts';
import { type HttpRequest, postJson } from '../request.ts';
import type { ChannelKind } from './channel.ts';

/**
 * Any receiver of Alertmanager's webhook payload, version 4, so that what receives from Alertmanager receives from us.
 * With a signing key, `x-nsmon-signature: sha256=<hex>` is the HMAC of `<x-nsmon-timestamp>.<body>`: refuse what is older
 * than minutes. `idempotency-key` is the same whenever the same notification is sent again.
 */
export const webhook: ChannelKind = {
  requests(message, { channels: { webhook: settings }, environment, nowMs }) {
    const example = '{"webhook": {"url": "https://...", "signingKey": "..."}}';
    if (!settings) throw new ChannelNotConfigured('webhook', example);
    return [webhookRequest(settings, message, environment, nowMs)];
  },
  verdict: ({ status }) => (status >= 200 && status < 300 ? 'delivered' : undefined),
};

/** A signed request with the payload of a webhook. */
export function webhookRequest(
  { url, signingKey, allowPrivateAddress = false }: NonNullable<Channels['webhook']>,
  message: Message,
  environment: string,
  nowMs: number,
): HttpRequest {
  const { alerts, acknowledgeUrl } = message;
  const time = (ms: number | undefined): string => (ms ? new Date(ms).toISOString() : '0001-01-01T00:00:00Z');
  const request = postJson(url, {
    version: '4',
    groupKey: `${message.groupId}:${message.generation}`,
    truncatedAlerts: message.moreAlerts,
    status: message.kind === 'resolved' ? 'resolved' : 'firing',
    receiver: message.receiver,
    groupLabels: message.groupLabels,
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: '',
    // Beyond what Alertmanager sends.
    title: message.title,
    ...(acknowledgeUrl ? { acknowledgeURL: acknowledgeUrl } : {}),
    ...(message.person === undefined ? {} : { person: message.person }),
    alerts: alerts.map((alert) => ({
      status: alert.status === 'resolved' ? 'resolved' : 'firing',
      labels: alert.labels,
      annotations: alert.annotations,
      startsAt: time(alert.startsAtMs),
      endsAt: time(alert.endsAtMs),
      generatorURL: '',
      fingerprint: alert.fingerprint,
    })),
  });
  const timestamp = String(Math.floor(nowMs / 1000));
  const signature = signingKey && createHmac('sha256', signingKey).update(`${timestamp}.${request.body}`).digest('hex');
  const headers = {
    ...request.headers,
    'idempotency-key': `nsmon/${environment}/${message.groupId}/${message.generation}/${message.key}`,
    'x-nsmon-kind': message.kind,
    'x-nsmon-timestamp': timestamp,
    ...(signature ? { 'x-nsmon-signature': `sha256=${signature}` } : {}),
  };
  return { ...request, headers, publicOnly: !allowPrivateAddress };
}

function common(all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first, ...others] = all;
  return Object.fromEntries(
    Object.entries(first ?? {}).filter(([name, value]) => others.every((other) => other[name] === value)),
  );
}
