/**
 * What a notification says, read from the request as its channel received it:
 * `{title, text, status, tone, fields: [[name, value]], links: [{title, url, primary}]}`.
 * `message` is one of the inbox's: its `raw` body tells most, what the inbox has read of it already fills the gaps.
 */
export function toCard(message) {
  const body = parse(message.raw);
  const card = READERS[message.channel]?.(body) ?? {};
  const [status, tone] = STATUSES[message.status] ?? [message.status, 'blue'];
  const fields = [...(message.level ? [['level', String(message.level)]] : []), ...(card.fields ?? [])];
  return {
    // The status stands beside it in words: a mark before the title would say it twice.
    title: plain(card.title || message.summary || 'Notification').replace(/^\p{Extended_Pictographic}\uFE0F?\s*/u, ''),
    text: withoutLine(card.text, card.title || message.summary),
    status,
    tone,
    fields: unique(fields.filter(([, value]) => value !== undefined && value !== '')),
    links: linksOf(message, card.links ?? []),
  };
}

/** PagerDuty's words for what happened, as people say them, and the colour of each. */
const STATUSES = { trigger: ['firing', 'red'], acknowledge: ['acknowledged', 'blue'], resolve: ['resolved', 'green'] };
const READERS = {
  slack: readSlack,
  pagerduty: readPagerDuty,
  opsgenie: readGenie,
  jsm: readGenie,
  webhook: readWebhook,
  email: readText,
  sms: readText,
};

function parse(raw) {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}

/** A text without the title that stands above it, and without lines that are but a link: links have buttons. */
function withoutLine(text = '', title = '') {
  const lines = text.split('\n').filter((line) => line.trim() !== title && !/^\w+: https?:\S+$/.test(line.trim()));
  return lines.join('\n').trim() || undefined;
}

function unique(fields) {
  return [...new Map(fields.map((field) => [field[0].toLowerCase(), field])).values()];
}

/** Each address once, the acknowledge page first. */
function linksOf(message, titled) {
  const known = new Map(titled.filter(({ url }) => url).map(({ title, url }) => [url, title]));
  for (const { href, text } of message.links ?? []) if (!known.get(href)) known.set(href, text);
  const isAcknowledge = (url) => url === message.acknowledgeUrl;
  return [...known]
    .filter(([url]) => /^https?:\/\//.test(url))
    .map(([url, title]) => ({
      url,
      title: isName(title) ? plain(title) : isAcknowledge(url) ? 'Acknowledge' : new URL(url).host,
      // Only what still waits for somebody asks for it.
      primary: isAcknowledge(url) && message.status === 'trigger',
    }))
    .sort((a, b) => Number(b.primary) - Number(a.primary));
}

/** A link's title, and not the key under which a document had it: `externalURL`. */
function isName(title) {
  return Boolean(title) && !/^\w*(url|link|href)$/i.test(title);
}

/** Slack incoming webhook: `text`, `blocks` (Block Kit), `attachments`. */
function readSlack(body) {
  const attachments = body?.attachments ?? [];
  const blocks = [...(body?.blocks ?? []), ...attachments.flatMap((attachment) => attachment.blocks ?? [])];
  const header = blocks.find(({ type }) => type === 'header')?.text?.text;
  const sections = blocks.filter(({ type }) => type === 'section' || type === 'context');
  const texts = sections.flatMap((block) =>
    [block.text, ...(block.elements ?? [])].flatMap((part) => part?.text ?? []),
  );
  const buttons = [
    ...blocks.filter(({ type }) => type === 'actions').flatMap((block) => block.elements ?? []),
    ...sections.flatMap((block) => block.accessory ?? []),
  ];
  return {
    title: header ?? attachments[0]?.title ?? body?.text,
    text: plain(texts.length > 0 ? texts.join('\n') : (attachments[0]?.text ?? '')),
    fields: [
      ...sections.flatMap((block) => block.fields ?? []).map((field) => twoParts(field.text)),
      ...attachments.flatMap((attachment) => attachment.fields ?? []).map((field) => [field.title, field.value]),
    ],
    links: [
      ...buttons.map((button) => ({ title: button.text?.text, url: button.url })),
      ...attachments.flatMap((attachment) => attachment.actions ?? []).map(({ text, url }) => ({ title: text, url })),
    ],
  };
}

/** `*Name*\nvalue` */
function twoParts(text = '') {
  const [name, ...rest] = text.split('\n');
  return [plain(name), plain(rest.join('\n'))];
}

/** Slack's own markup as plain text: links by their words, no stars or escapes. */
function plain(text = '') {
  return String(text)
    .replace(/<(?:https?:[^|>]+)\|([^>]+)>/g, '$1')
    .replace(/<(https?:[^>]+)>/g, '$1')
    .replace(/(^|\s)([*_~])(\S(?:[^\n]*?\S)?)\2(?=\s|[.,:;!?]|$)/g, '$1$3')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}

/** PagerDuty Events API v2. Details that are sentences are its text. */
function readPagerDuty(body) {
  const { dedup_key: key, payload = {}, links = [] } = body ?? {};
  const { summary, description, ...details } = payload.custom_details ?? {};
  const facts = Object.entries(details).filter(([, value]) => typeof value !== 'object');
  return {
    title: payload.summary,
    text: [summary, description].filter(Boolean).join('\n'),
    fields: [
      ['severity', payload.severity],
      ['source', payload.source],
      ...facts.map(([name, value]) => [name, String(value)]),
      ['incident', key],
    ],
    links: links.map(({ href, text }) => ({ title: text, url: href })),
  };
}

/** The Alert API of Opsgenie and Jira Service Management; its description begins with the whole title. */
function readGenie(body) {
  const { message, description, note, priority, details = {}, alias, responders = [] } = body ?? {};
  const [title, ...rest] = String(description ?? '').split('\n');
  return {
    title: description ? title : (message ?? note),
    text: rest.join('\n'),
    fields: [
      ['priority', priority],
      ['responders', responders.map(({ username, id }) => username ?? id).join(', ')],
      ...Object.entries(details).map(([name, value]) => [name, String(value)]),
      ['alias', alias],
    ],
  };
}

/** Alertmanager's document, or anything with a summary. */
function readWebhook(body) {
  if (typeof body !== 'object' || body === null) return readText(body);
  const labels = body.commonLabels ?? body.groupLabels ?? body.labels ?? {};
  const annotations = body.commonAnnotations ?? body.annotations ?? {};
  return {
    title: body.title ?? body.summary ?? annotations.summary ?? labels.alertname,
    text: [annotations.summary, body.description ?? annotations.description].filter(Boolean).join('\n'),
    fields: Object.entries(labels).map(([name, value]) => [name, String(value)]),
  };
}

/** E-mail and SMS: the text as it is. */
function readText(body) {
  return { text: typeof body === 'string' ? body : undefined };
}
