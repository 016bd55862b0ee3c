/**
 * What a notification says, read from the request as its channel received it:
 * `{title, text, status, tone, fields: [[name, value]], links: [{title, url}]}`.
 */
export function toCard({ channel, body }) {
  const card = READERS[channel]?.(body) ?? {};
  const status = card.status ?? guessStatus(card.title ?? '');
  return {
    title: card.title || 'Notification',
    text: card.text,
    status,
    tone: TONES[status] ?? 'blue',
    fields: (card.fields ?? []).filter(([, value]) => value !== undefined && value !== ''),
    links: (card.links ?? []).filter(({ url }) => /^https?:\/\//.test(url ?? '')),
  };
}

const TONES = {
  firing: 'red',
  trigger: 'red',
  resolved: 'green',
  resolve: 'green',
  acknowledged: 'blue',
  acknowledge: 'blue',
};
const READERS = { slack: readSlack, pagerduty: readPagerDuty, sns: readSns, webhook: readWebhook };

function guessStatus(text) {
  return ['resolved', 'acknowledged', 'firing'].find((word) => text.toLowerCase().includes(word));
}

/** Slack incoming webhook: `text`, `blocks` (Block Kit), `attachments`. */
function readSlack(body) {
  const attachments = body?.attachments ?? [];
  const blocks = [...(body?.blocks ?? []), ...attachments.flatMap((attachment) => attachment.blocks ?? [])];
  const header = blocks.find(({ type }) => type === 'header')?.text?.text;
  const sections = blocks.filter(({ type }) => type === 'section' || type === 'context');
  const texts = sections.flatMap((block) =>
    [block.text, ...(block.elements ?? [])].filter((part) => part?.text).map((part) => part.text),
  );
  const title = header ?? body?.text ?? attachments[0]?.title;
  return {
    title: plain(title),
    text: plain(texts.length > 0 ? texts.join('\n') : (attachments[0]?.text ?? '')),
    fields: [
      ...sections.flatMap((block) => block.fields ?? []).map((field) => twoParts(field.text)),
      ...attachments.flatMap((attachment) => attachment.fields ?? []).map((field) => [field.title, field.value]),
    ],
    links: [
      ...blocks
        .filter(({ type }) => type === 'actions')
        .flatMap((block) => block.elements ?? [])
        .map((element) => ({ title: element.text?.text ?? 'Open', url: element.url })),
      ...sections
        .filter((block) => block.accessory?.url)
        .map((block) => ({ title: block.accessory.text?.text ?? 'Open', url: block.accessory.url })),
      ...attachments
        .flatMap((attachment) => attachment.actions ?? [])
        .map((action) => ({ title: action.text, url: action.url })),
      ...mrkdwnLinks(texts.join('\n')),
    ],
  };
}

/** `*Name*\nvalue` */
function twoParts(text = '') {
  const [name, ...rest] = text.split('\n');
  return [plain(name), plain(rest.join('\n'))];
}

/** Slack's own markup as plain text: links by their text, no stars or escapes. */
function plain(text = '') {
  return text
    .replace(/<(?:https?:[^|>]+)\|([^>]+)>/g, '$1')
    .replace(/<(https?:[^>]+)>/g, '$1')
    .replace(/(^|\s)[*_~]([^*_~\n]+)[*_~](?=\s|[.,:;!?]|$)/g, '$1$2')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}

function mrkdwnLinks(text) {
  return [...text.matchAll(/<(https?:[^|>]+)\|([^>]+)>/g)].map(([, url, title]) => ({
    title,
    url: url.replaceAll('&amp;', '&'),
  }));
}

/** PagerDuty Events API v2. */
function readPagerDuty(body) {
  const { event_action: status, dedup_key: key, payload = {}, links = [], client, client_url: url } = body ?? {};
  const details =
    typeof payload.custom_details === 'object' && payload.custom_details ? Object.entries(payload.custom_details) : [];
  return {
    status,
    title: payload.summary ?? `Incident ${status ?? ''}`.trim(),
    fields: [
      ['Severity', payload.severity],
      ['Source', payload.source],
      ['Component', payload.component],
      ...details
        .filter(([, value]) => ['string', 'number'].includes(typeof value))
        .map(([name, value]) => [name, String(value)]),
      ['Deduplication key', key],
    ],
    links: [
      ...links.map(({ href, text }) => ({ title: text ?? 'Open', url: href })),
      ...(url ? [{ title: client ?? 'Open', url }] : []),
    ],
  };
}

/** SNS publish: subject and message; links in the text become buttons. */
function readSns(body) {
  const {
    Subject: subject,
    Message: message,
    subject: lower,
    message: text,
  } = typeof body === 'object' && body ? body : { Message: String(body ?? '') };
  const content = message ?? text ?? '';
  const urls = [...content.matchAll(/https?:\/\/[^\s<>"]+/g)].map(([url]) => ({
    title: /ack/i.test(url) ? 'Acknowledge' : 'Open link',
    url,
  }));
  return { title: subject ?? lower ?? content.split('\n')[0], text: content, links: urls };
}

/** A generic webhook: Alertmanager's document, or anything with a summary. */
function readWebhook(body) {
  if (typeof body !== 'object' || body === null) return { title: String(body ?? '') };
  const labels = body.commonLabels ?? body.groupLabels ?? body.labels ?? {};
  const annotations = body.commonAnnotations ?? body.annotations ?? {};
  return {
    status: typeof body.status === 'string' ? body.status : undefined,
    title: body.title ?? body.summary ?? annotations.summary ?? labels.alertname,
    text: body.description ?? annotations.description,
    fields: Object.entries(labels).map(([name, value]) => [name, String(value)]),
    links: Object.entries(body)
      .filter(([, value]) => typeof value === 'string' && /^https?:\/\//.test(value))
      .map(([name, url]) => ({ title: /ack/i.test(name) ? 'Acknowledge' : 'Open', url })),
  };
}
