import type { Draft, Link, MessageStatus } from './message.ts';

export type PagerDutyReading =
  | { readonly errors: readonly string[] }
  | { readonly draft: Draft & { dedupKey: string } };

const ACTIONS: readonly string[] = ['trigger', 'acknowledge', 'resolve'] satisfies MessageStatus[];
const SEVERITIES: readonly unknown[] = ['critical', 'error', 'warning', 'info'];
/** Limits of the Events API v2. */
const MAX_SUMMARY = 1024;
const MAX_DEDUP_KEY = 255;

/**
 * An event of PagerDuty's Events API v2, checked as PagerDuty checks it.
 * @param summaryOf what the incident with this key was about: only triggers carry a summary
 */
export function readPagerDuty(
  raw: string,
  newKey: () => string,
  summaryOf: (dedupKey: string) => string | undefined,
): PagerDutyReading {
  let event: Record<string, unknown>;
  try {
    event = JSON.parse(raw) as Record<string, unknown>;
  } catch {
    return { errors: ['The body is not JSON'] };
  }
  const errors: string[] = [];
  const { routing_key, event_action, dedup_key, links } = event;
  if (typeof routing_key !== 'string' || routing_key.length !== 32)
    errors.push("'routing_key' is missing or is not 32 characters long");
  if (typeof event_action !== 'string' || !ACTIONS.includes(event_action))
    errors.push(`'event_action' must be one of ${ACTIONS.join(', ')}`);
  if (dedup_key !== undefined && (typeof dedup_key !== 'string' || dedup_key.length > MAX_DEDUP_KEY))
    errors.push(`'dedup_key' is longer than ${MAX_DEDUP_KEY} characters`);
  const payload = (event.payload ?? {}) as Record<string, unknown>;
  if (event_action === 'trigger') errors.push(...payloadErrors(payload));
  else if (dedup_key === undefined) errors.push("'dedup_key' is missing");
  if (errors.length > 0) return { errors };

  const dedupKey = typeof dedup_key === 'string' ? dedup_key : newKey();
  const summary = typeof payload.summary === 'string' ? payload.summary : (summaryOf(dedupKey) ?? dedupKey);
  return {
    draft: {
      channel: 'pagerduty',
      status: event_action as MessageStatus,
      summary,
      links: readLinks(links, event.client_url),
      dedupKey,
      raw,
    },
  };
}

function payloadErrors({ summary, source, severity }: Readonly<Record<string, unknown>>): string[] {
  const errors: string[] = [];
  if (typeof summary !== 'string' || summary === '') errors.push("'payload.summary' is missing or blank");
  else if (summary.length > MAX_SUMMARY) errors.push(`'payload.summary' is longer than ${MAX_SUMMARY} characters`);
  if (typeof source !== 'string' || source === '') errors.push("'payload.source' is missing or blank");
  if (!SEVERITIES.includes(severity)) errors.push(`'payload.severity' must be one of ${SEVERITIES.join(', ')}`);
  return errors;
}

function readLinks(links: unknown, clientUrl: unknown): Link[] {
  const read = Array.isArray(links)
    ? (links as { href?: unknown; text?: unknown }[]).map(({ href, text }) => ({
        href: String(href),
        text: typeof text === 'string' ? text : '',
      }))
    : [];
  return typeof clientUrl === 'string' ? [...read, { href: clientUrl, text: '' }] : read;
}
