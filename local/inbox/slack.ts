import { type Draft, type Link, linksIn, statusOf } from './message.ts';

/** What Slack answers: the refusal's word, or the message. */
export type SlackReading = { readonly refusal: 'invalid_payload' | 'no_text' } | { readonly draft: Draft };

/** An incoming-webhook body as Slack takes it: `text`, `blocks` or `attachments`, one at least. */
export function readSlack(raw: string, to: string): SlackReading {
  let payload: unknown;
  try {
    payload = JSON.parse(raw);
  } catch {
    return { refusal: 'invalid_payload' };
  }
  if (typeof payload !== 'object' || payload === null) return { refusal: 'invalid_payload' };
  const { text, blocks, attachments } = payload as Record<string, unknown>;
  const words: string[] = [];
  const links: Link[] = [];
  collect({ text, blocks, attachments }, words, links);
  const [summary] = words;
  if (summary === undefined) return { refusal: 'no_text' };
  const all = [...links, ...linksIn(words.join(' ')).filter(({ href }) => !links.some((link) => link.href === href))];
  const clickValue = clickValueIn(blocks);
  return {
    draft: {
      channel: 'slack',
      status: statusOf(summary),
      summary: firstLine(summary),
      links: all,
      to,
      raw,
      ...(clickValue === undefined ? {} : { clickValue }),
    },
  };
}

/** The value of the button that reports clicks. */
function clickValueIn(blocks: unknown): string | undefined {
  const elements = (Array.isArray(blocks) ? blocks : []).flatMap(
    (block: { elements?: { action_id?: unknown; value?: unknown }[] }) => block.elements ?? [],
  );
  const value = elements.find(({ action_id: id }) => id === 'acknowledge')?.value;
  return typeof value === 'string' ? value : undefined;
}

/** Walks the blocks for texts and for links: buttons with a `url`, and `<address|words>` in mrkdwn. */
function collect(value: unknown, words: string[], links: Link[]): void {
  if (typeof value === 'string') {
    if (value.trim() === '') return;
    words.push(value);
    for (const [, href = '', text = ''] of value.matchAll(/<(https?:[^|>]+)\|([^>]*)>/g))
      links.push({ href: unescapeSlack(href), text });
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, words, links);
  } else if (typeof value === 'object' && value !== null) {
    const { url, type: _type, ...rest } = value as Record<string, unknown>;
    const before = words.length;
    for (const key of [
      'text',
      'title',
      'fallback',
      'pretext',
      'fields',
      'elements',
      'accessory',
      'blocks',
      'attachments',
    ]) {
      collect(rest[key], words, links);
    }
    if (typeof url === 'string') links.push({ href: url, text: words[before] ?? '' });
  }
}

/** Slack's three escapes. */
function unescapeSlack(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function firstLine(text: string): string {
  return unescapeSlack(text.split('\n')[0] ?? '').replace(/<(https?:[^|>]+)\|([^>]*)>/g, '$2');
}
