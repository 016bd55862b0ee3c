import type { Channel, Draft, Link, MessageStatus } from './message.ts';

/** What the Alert API answers: which fields are wrong, or the message. */
export type GenieReading = { readonly refusal: string } | { readonly draft: Draft };

const ACTIONS: Readonly<Record<string, MessageStatus>> = { acknowledge: 'acknowledge', close: 'resolve' };
const PRIORITIES: readonly unknown[] = ['P1', 'P2', 'P3', 'P4', 'P5'];
const MAX_MESSAGE = 130;
const MAX_ALIAS = 512;

/**
 * A request of Opsgenie's Alert API, which is Jira Service Management's, too: `POST /v2/alerts`, or
 * `POST /v2/alerts/<alias>/acknowledge|close?identifierType=alias`.
 * @param path from `/v2` on
 * @param summaryOf what the alert with this alias was about
 */
export function readGenie(
  channel: Channel,
  raw: string,
  path: string,
  summaryOf: (alias: string) => string | undefined,
): GenieReading {
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(raw) as Record<string, unknown>;
  } catch {
    return { refusal: 'Could not parse JSON' };
  }
  const [, encoded, action] = /^\/v2\/alerts\/([^/]+)\/(\w+)$/.exec(path) ?? [];
  if (encoded !== undefined) {
    const status = ACTIONS[action ?? ''];
    if (status === undefined) return { refusal: `unknown action ${action}` };
    const alias = decodeURIComponent(encoded);
    const summary = typeof body.note === 'string' ? body.note : (summaryOf(alias) ?? alias);
    return { draft: { channel, status, summary, links: [], dedupKey: alias, raw } };
  }
  const { message, alias, description, priority } = body;
  if (typeof message !== 'string' || message === '') return { refusal: 'message can not be empty' };
  if (message.length > MAX_MESSAGE) return { refusal: `message is longer than ${MAX_MESSAGE} characters` };
  if (typeof alias === 'string' && alias.length > MAX_ALIAS) return { refusal: `alias is longer than ${MAX_ALIAS}` };
  if (priority !== undefined && !PRIORITIES.includes(priority)) return { refusal: 'priority must be one of P1 to P5' };
  const links = typeof description === 'string' ? linksOf(description) : [];
  const dedupKey = typeof alias === 'string' ? { dedupKey: alias } : {};
  return { draft: { channel, status: 'trigger', summary: message, links, ...dedupKey, raw } };
}

function linksOf(description: string): Link[] {
  return [...description.matchAll(/^(\w+): (https?:\/\/\S+)$/gm)].map(([, text = '', href = '']) => ({ href, text }));
}
