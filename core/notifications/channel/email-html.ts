import { escapeHtml } from '../escape-html.ts';
import type { Message } from '../message.ts';

const COLORS: Readonly<Record<Message['severity'], string>> = {
  critical: '#b3261e',
  error: '#b3261e',
  warning: '#9a6700',
  info: '#345a85',
};
const CALM = '#1b6e4b';
const FONT = 'font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif';
/** The text part lists them all. */
const MAX_LISTED = 10;

/**
 * A message as an e-mail: tables and styles in place, since that is all that every mail program draws. Nothing is loaded
 * from anywhere, so opening it tells nobody.
 */
export function emailHtml(message: Message, environment: string): string {
  const { kind, title, summary, description, facts, acknowledgeUrl, runbookUrl, alerts, moreAlerts } = message;
  const color = kind === 'resolved' || kind === 'acknowledged' ? CALM : COLORS[message.severity];
  const rows = facts.map(
    ({ name, value }) =>
      `<tr><td style="padding:4px 16px 4px 0;color:#52616f;vertical-align:top">${escapeHtml(name)}</td><td style="padding:4px 0;word-break:break-word">${escapeHtml(value)}</td></tr>`,
  );
  const others = alerts.slice(1, MAX_LISTED + 1);
  const unlisted = alerts.length - 1 - others.length + moreAlerts;
  const items = others.map(
    ({ status, labels, annotations }) =>
      `<li>${escapeHtml(annotations.summary || labels.alertname || 'alert')} <span style="color:#52616f">(${status})</span></li>`,
  );
  if (unlisted > 0) items.push(`<li>and ${unlisted} more</li>`);
  const buttons = [
    ...(acknowledgeUrl ? [button(acknowledgeUrl, 'Acknowledge', color, '#ffffff')] : []),
    ...(runbookUrl ? [button(runbookUrl, 'Runbook', '#ffffff', color)] : []),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title></head>
<body style="margin:0;padding:24px 12px;background:#f3f6f9;color:#14202b;${FONT};font-size:16px;line-height:1.5">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;background:#ffffff;border:1px solid #d9e1e8;border-top:6px solid ${color};border-radius:8px">
<tr><td style="padding:24px;text-align:left">
<p style="margin:0 0 8px;color:#52616f;font-size:14px">NeuraScale Monitor, ${escapeHtml(environment)}</p>
<h1 style="margin:0 0 12px;font-size:21px;line-height:1.3">${escapeHtml(title)}</h1>
${[summary, description]
  .filter(Boolean)
  .map((text) => `<p style="margin:0 0 12px">${escapeHtml(text)}</p>`)
  .join('\n')}
${rows.length > 0 ? `<table role="presentation" cellpadding="0" cellspacing="0" style="margin:0 0 16px;font-size:15px">${rows.join('')}</table>` : ''}
${items.length > 0 ? `<p style="margin:0 0 4px">With it:</p><ul style="margin:0 0 16px;padding-left:20px">${items.join('')}</ul>` : ''}
${buttons.join(' ')}
</td></tr></table>
</td></tr></table>
</body></html>
`;
}

function button(href: string, text: string, background: string, color: string): string {
  return `<a href="${escapeHtml(href)}" style="display:inline-block;margin:4px 8px 4px 0;padding:10px 18px;border:1px solid ${background === '#ffffff' ? color : background};border-radius:6px;background:${background};color:${color};text-decoration:none;font-weight:600">${text}</a>`;
}
