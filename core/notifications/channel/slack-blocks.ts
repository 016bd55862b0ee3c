import type { Message } from '../message.ts';
import { shorten } from '../request.ts';

/** The `action_id` of the button that acknowledges at once; its value is the incident's key. */
export const ACKNOWLEDGE_ACTION = 'acknowledge';

const MARKS: Readonly<Record<Message['kind'], string>> = {
  trigger: '🔴',
  escalate: '🔺',
  acknowledged: '👀',
  reminder: '⏳',
  resolved: '✅',
  unknown: '❔',
};

/** How a message of Slack acknowledges: at a click, where clicks are sent to us, else by the page behind a link. */
export interface SlackOptions {
  /** The incident's key, where Slack sends clicks to us. */
  readonly clickValue?: string;
  /** Slack's name of somebody to be mentioned: `U012AB3CD`. */
  readonly mention?: string;
}

/** The blocks of a message, and its plain text for notifications. */
export function slackMessage(message: Message, { clickValue, mention }: SlackOptions): object {
  const { kind, title, summary, description, facts, runbookUrl, acknowledgeUrl } = message;
  const mark = message.severity === 'critical' || kind !== 'trigger' ? MARKS[kind] : '🟠';
  const mentioned = mention === undefined ? '' : `<@${mention}>`;
  const text = [mentioned, summary && `*${escapeText(summary)}*`, escapeText(description)].filter(Boolean).join('\n');
  const buttons = [
    ...(acknowledgeUrl && clickValue ? [clickButton(clickValue)] : []),
    // Beside the other for when clicks do not reach us.
    ...(acknowledgeUrl && clickValue ? [linkButton('Acknowledge on a page', acknowledgeUrl)] : []),
    ...(acknowledgeUrl && !clickValue ? [linkButton('Acknowledge', acknowledgeUrl, 'primary')] : []),
    ...(runbookUrl ? [linkButton('Runbook', runbookUrl)] : []),
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
  return { text: [mentioned, escapeText(`${mark} ${title}`)].filter(Boolean).join(' '), blocks };
}

function clickButton(value: string): object {
  return {
    type: 'button',
    action_id: ACKNOWLEDGE_ACTION,
    text: { type: 'plain_text', text: 'Acknowledge' },
    style: 'primary',
    value,
  };
}

function linkButton(label: string, url: string, style?: string): object {
  return {
    type: 'button',
    // Slack reports clicks on links, too: by this we know them, and let them be.
    action_id: `open ${label}`,
    text: { type: 'plain_text', text: label },
    url,
    ...(style ? { style } : {}),
  };
}

/** Slack's three control characters. */
function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
