import type { Message } from './message.ts';
import type { SnsRequest } from './request.ts';

/** A message to the topic: plain text, because that is what e-mail and SMS subscribers read. */
export function snsRequest(message: Message): SnsRequest {
  const { title, summary, description, facts, runbookUrl, acknowledgeUrl, kind, severity } = message;
  const lines = [
    title,
    '',
    ...[summary, description].filter(Boolean),
    ...facts.map(({ name, value }) => `${name}: ${value}`),
    ...(acknowledgeUrl ? ['', `Acknowledge: ${acknowledgeUrl}`] : []),
    ...(runbookUrl ? ['', `Runbook: ${runbookUrl}`] : []),
  ];
  return {
    transport: 'sns',
    subject: asciiOf(title).slice(0, 100),
    message: lines.join('\n'),
    // For subscribers that filter: a phone for what is critical only.
    attributes: { kind, severity },
  };
}

function asciiOf(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').trim() || 'alert';
}
