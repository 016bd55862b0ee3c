import { addressesFor, ChannelNotConfigured, PAGERDUTY_EVENTS_URL, personOf } from '../channels.ts';
import { formatIncidentKey } from '../incident-key.ts';
import type { Message } from '../message.ts';
import { type HttpRequest, postJson, shorten } from '../request.ts';
import type { ChannelKind } from './channel.ts';

const ACTIONS: Readonly<Record<Message['kind'], 'trigger' | 'acknowledge' | 'resolve'>> = {
  trigger: 'trigger',
  escalate: 'trigger',
  // PagerDuty knows no "unknown": the incident stays open and its next trigger says so.
  unknown: 'trigger',
  acknowledged: 'acknowledge',
  reminder: 'acknowledge',
  resolved: 'resolve',
};
/** Bytes of alerts in one event: the API takes 512 KB in all. */
const MAX_DETAILS = 100_000;

/** PagerDuty's Events API v2. */
export const pagerduty: ChannelKind = {
  requests(message, { channels, environment }) {
    const { pagerduty: settings } = channels;
    const own = personOf(channels, message.person)?.pagerdutyRoutingKey;
    const [routingKey] = addressesFor(message.person, own, settings && [settings.routingKey]);
    if (routingKey === undefined) {
      const example = '{"pagerduty": {"routingKey": "..."}}';
      throw new ChannelNotConfigured('pagerduty', example, message.person, 'pagerdutyRoutingKey');
    }
    return [eventOf(settings?.eventsUrl ?? PAGERDUTY_EVENTS_URL, routingKey, message, environment)];
  },
  verdict: ({ status }) => (status === 202 ? 'delivered' : undefined),
};

function eventOf(eventsUrl: string, routingKey: string, message: Message, environment: string): HttpRequest {
  const action = ACTIONS[message.kind];
  const dedup_key = formatIncidentKey({ ...message, environment });
  const event = { routing_key: routingKey, event_action: action, dedup_key };
  if (action !== 'trigger') return postJson(eventsUrl, event);
  const { title, severity, source, summary, description, facts, groupLabels, runbookUrl, acknowledgeUrl } = message;
  const links = [
    ...(acknowledgeUrl ? [{ href: acknowledgeUrl, text: 'Acknowledge in NeuraScale Monitor' }] : []),
    ...(runbookUrl ? [{ href: runbookUrl, text: 'Runbook' }] : []),
  ];
  return postJson(eventsUrl, {
    ...event,
    client: 'NeuraScale Monitor',
    payload: {
      summary: shorten(title, 1024),
      source,
      severity,
      timestamp: new Date(message.openedAtMs).toISOString(),
      ...(groupLabels.device_id ? { component: groupLabels.device_id } : {}),
      group: environment,
      class: groupLabels.alertname ?? message.alerts[0]?.labels.alertname ?? 'alert',
      custom_details: {
        summary,
        description,
        ...Object.fromEntries(facts.map(({ name, value }) => [name, value])),
        alerts: alertsWithin(message, MAX_DETAILS),
      },
    },
    links,
  });
}

function alertsWithin({ alerts }: Message, maxBytes: number): object[] {
  const fitting = [];
  let bytes = 0;
  for (const { status, labels, annotations } of alerts) {
    bytes += Buffer.byteLength(JSON.stringify([status, labels, annotations]));
    if (bytes > maxBytes) break;
    fitting.push({ status, labels, annotations });
  }
  return fitting;
}
