import type { Message } from './message.ts';
import { type HttpRequest, postJson, shorten } from './request.ts';

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

/**
 * One key for all events of an incident. The generation and the episode are part of it, so that an incident that is open
 * or acknowledged never swallows one that is new or worse.
 */
export function dedupKey({ groupId, generation, episode }: Message, environment: string): string {
  return `nsmon/${environment}/${groupId}/${generation}/${episode}`.slice(0, 255);
}

/** An event of PagerDuty's Events API v2. */
export function pagerdutyRequest(
  { eventsUrl, routingKey }: { readonly eventsUrl: string; readonly routingKey: string },
  message: Message,
  environment: string,
): HttpRequest {
  const action = ACTIONS[message.kind];
  const event = { routing_key: routingKey, event_action: action, dedup_key: dedupKey(message, environment) };
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
