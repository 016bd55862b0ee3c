import type { Message } from './message.ts';
import { type HttpRequest, postJson, shorten } from './request.ts';

const MARKS: Readonly<Record<Message['kind'], string>> = {
  trigger: '🔴',
  escalate: '🔺',
  acknowledged: '👀',
  reminder: '⏳',
  resolved: '✅',
  unknown: '❔',
};

/** A Slack incoming webhook's message: blocks, and a plain text for notifications. */
export function slackRequest(webhookUrl: string, message: Message): HttpRequest {
  const { kind, title, summary, description, facts, runbookUrl, acknowledgeUrl } = message;
  const mark = message.severity === 'critical' || kind !== 'trigger' ? MARKS[kind] : '🟠';
  const text = [summary && `*${escapeText(summary)}*`, escapeText(description)].filter(Boolean).join('\n');
  const button = (label: string, url: string, style?: string): object => ({
    type: 'button',
    text: { type: 'plain_text', text: label },
    url,
    ...(style ? { style } : {}),
  });
  const buttons = [
    ...(acknowledgeUrl ? [button('Acknowledge', acknowledgeUrl, 'primary')] : []),
    ...(runbookUrl ? [button('Runbook', runbookUrl)] : []),
  ];
  const blocks = [
    { type: 'header', text: { type: 'plain_text', text: shorten(`${mark} ${title}`, 150) } },
    ...(text ? [{ type: 'section', text: { type: 'mrkdwn', text: shorten(text, 3000) } }] : []),
    ...(facts.length > 0
      ? [
          {
            type: 'section',
            fields: facts.map(({ name, value }) => ({
              type: 'mrkdwn',
              text: shorten(`*${escapeText(name)}*\n${escapeText(value)}`, 2000),
            })),
          },
        ]
      : []),
    ...(buttons.length > 0 ? [{ type: 'actions', elements: buttons }] : []),
  ];
  return postJson(webhookUrl, { text: escapeText(`${mark} ${title}`), blocks });
}

/** Slack's three control characters. */
function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
