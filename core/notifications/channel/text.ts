import type { Message } from '../message.ts';

/** A message as plain text: what e-mail shows where there is no HTML, and what subscribers of the topic read. */
export function plainText(message: Message): string {
  const { title, summary, description, facts, runbookUrl, acknowledgeUrl, alerts, moreAlerts } = message;
  const others = alerts.slice(1).map(({ status, labels }) => `- ${labels.alertname ?? 'alert'} (${status})`);
  return [
    title,
    '',
    ...[summary, description].filter(Boolean),
    ...facts.map(({ name, value }) => `${name}: ${value}`),
    ...(others.length > 0 ? ['', 'With it:', ...others, ...(moreAlerts > 0 ? [`and ${moreAlerts} more`] : [])] : []),
    ...(acknowledgeUrl ? ['', `Acknowledge: ${acknowledgeUrl}`] : []),
    ...(runbookUrl ? ['', `Runbook: ${runbookUrl}`] : []),
  ].join('\n');
}
