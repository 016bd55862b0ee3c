import { type Draft, linksIn, type MessageStatus, statusOf } from './message.ts';

/** Names under which webhook bodies carry their one line. */
const SUMMARIES = ['summary', 'title', 'subject', 'message', 'text'];

/** Any body at all: the inbox shows what it can find in it, and keeps the headers for whoever checks signatures. */
export function readWebhook(raw: string, headers: Readonly<Record<string, string>>, to: string): Draft {
  let body: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(raw);
    if (typeof parsed === 'object' && parsed !== null) body = parsed as Record<string, unknown>;
  } catch {
    // Not JSON: shown as text.
  }
  const summary = SUMMARIES.map((name) => body[name]).find((value) => typeof value === 'string');
  const links = Object.entries(body)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string' && /^https?:\/\//.test(entry[1]))
    .map(([text, href]) => ({ href, text }));
  return {
    channel: 'webhook',
    status: readStatus(headers['x-nsmon-kind'] ?? body.status ?? body.event ?? body.action) ?? statusOf(raw),
    summary: typeof summary === 'string' ? summary : (raw.split('\n')[0] ?? ''),
    links: [...links, ...linksIn(raw).filter(({ href }) => !links.some((link) => link.href === href))],
    to,
    headers,
    raw,
  };
}

function readStatus(word: unknown): MessageStatus | undefined {
  if (typeof word !== 'string') return undefined;
  if (/^resolve/i.test(word)) return 'resolve';
  if (/^acknowledge/i.test(word)) return 'acknowledge';
  return /^(trigger|firing|escalate|unknown)/i.test(word) ? 'trigger' : undefined;
}
