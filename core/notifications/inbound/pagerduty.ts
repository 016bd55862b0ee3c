import { type Channels, nameBy } from '../channels.ts';
import { parseIncidentKey } from '../incident-key.ts';
import type { InboundEvent, Refusal } from './event.ts';
import { hmacHex, isSame } from './signature.ts';

/** PagerDuty tries for about 20 minutes; what is older than this was kept by somebody. */
const OLDEST_MS = 3_600_000;
/** Clocks differ. */
const SKEW_MS = 300_000;

const ACTIONS: Readonly<Record<string, Pick<InboundEvent, 'action' | 'what'>>> = {
  'incident.acknowledged': { action: 'acknowledge', what: 'acknowledged' },
  // It fires until its cause is gone; whoever closes the incident has at least seen it.
  'incident.resolved': { action: 'acknowledge', what: 'resolved the incident' },
  'incident.unacknowledged': { action: 'unacknowledge', what: 'took the acknowledgement back' },
  'incident.reassigned': { action: 'note', what: 'reassigned the incident' },
  'incident.reopened': { action: 'unacknowledge', what: 'opened the incident again' },
};

/**
 * A request of PagerDuty's V3 webhooks.
 * @param body as it came, byte for byte: its HMAC is compared with each `v1=` of `x-pagerduty-signature`
 */
export function readPagerDutyWebhook(
  body: string,
  signature: string | undefined,
  channels: Channels,
  nowMs: number,
): InboundEvent | Refusal {
  const secrets = channels.pagerduty?.webhookSecrets ?? [];
  if (secrets.length === 0) return { refused: 'the channels secret has no pagerduty.webhookSecrets' };
  if (!isSigned(body, signature, secrets)) return { refused: 'the signature is missing or wrong' };
  const event = readEvent(body);
  const key = parseIncidentKey(event?.data?.incident_key ?? '');
  const { id, event_type: type = '', occurred_at: occurredAt = '' } = event ?? {};
  const meaning = ACTIONS[type];
  if (!meaning) return { ignored: `events of type ${JSON.stringify(type)} mean nothing here` };
  if (!id || !key) return { ignored: 'the incident is not one of ours' };
  const ageMs = nowMs - Date.parse(occurredAt);
  if (!(ageMs <= OLDEST_MS && ageMs >= -SKEW_MS)) return { ignored: `the event is of ${occurredAt}, which is not now` };
  // What we told PagerDuty ourselves comes back as done by the integration. An acknowledgement that ran out there is
  // nobody's doing, either, and counts.
  const { agent, data } = event ?? {};
  if (meaning.action !== 'unacknowledge' && agent?.type !== 'user_reference') return { ignored: 'no person did it' };
  const to = (data?.assignees ?? []).map(({ summary }) => summary).join(', ');
  return {
    id: `pagerduty ${id}`,
    incident: key,
    action: meaning.action,
    what: meaning.action === 'note' && to !== '' ? `${meaning.what} to ${to}` : meaning.what,
    by: nameBy(channels, 'pagerdutyUserId', agent?.id) ?? agent?.summary ?? 'nobody',
    at: 'PagerDuty',
  };
}

function isSigned(body: string, header: string | undefined, secrets: readonly string[]): boolean {
  const given = (header ?? '').split(',').map((one) => one.trim());
  const right = secrets.map((secret) => `v1=${hmacHex(secret, body)}`);
  // Every pair is compared: the time does not tell which matched.
  return given.flatMap((one) => right.map((other) => isSame(one, other))).includes(true);
}

interface Reference {
  readonly id?: string;
  readonly type?: string;
  readonly summary?: string;
}

interface WebhookEvent {
  readonly id?: string;
  readonly event_type?: string;
  readonly occurred_at?: string;
  readonly agent?: Reference | null;
  readonly data?: { readonly incident_key?: string; readonly assignees?: readonly Reference[] };
}

/** Signed, so of the documented shape if it is JSON at all. */
function readEvent(body: string): WebhookEvent | undefined {
  try {
    return (JSON.parse(body) as { readonly event?: WebhookEvent } | null)?.event;
  } catch {
    return undefined;
  }
}
