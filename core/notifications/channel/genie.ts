import { formatIncidentKey } from '../incident-key.ts';
import type { Message } from '../message.ts';
import { type HttpRequest, postJson, shorten } from '../request.ts';

/** Someone who is told, as the service names them. */
export type Responder =
  | { readonly type: 'user' | 'team'; readonly id: string }
  | { readonly type: 'user'; readonly username: string };

export interface GenieSettings {
  /** What `/v2/alerts` is appended to. */
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly responders: readonly Responder[];
}

const PRIORITIES: Readonly<Record<Message['severity'], string>> = {
  critical: 'P1',
  error: 'P2',
  warning: 'P3',
  info: 'P5',
};
/** Limits of the Alert API, in characters. */
const MAX = { message: 130, description: 15_000, details: 8000, entity: 512, source: 100, note: 25_000 };

/**
 * A request of the Alert API, which Opsgenie introduced and Jira Service Management took over. The alias makes one alert
 * of all that is said about an incident; the service answers 202 before it has done anything.
 */
export function genieRequest(settings: GenieSettings, message: Message, environment: string): HttpRequest {
  const { apiUrl, apiKey, responders } = settings;
  const headers = { authorization: `GenieKey ${apiKey}` };
  const alias = formatIncidentKey({ ...message, environment });
  const source = shorten(`NeuraScale Monitor ${environment}`, MAX.source);
  const alerts = `${apiUrl.replace(/\/$/, '')}/v2/alerts`;
  if (message.kind === 'acknowledged' || message.kind === 'reminder' || message.kind === 'resolved') {
    const action = message.kind === 'resolved' ? 'close' : 'acknowledge';
    const url = `${alerts}/${encodeURIComponent(alias)}/${action}?identifierType=alias`;
    return postJson(url, { source, note: shorten(message.title, MAX.note) }, headers);
  }
  const { title, severity, summary, description, facts, acknowledgeUrl, runbookUrl } = message;
  const links = [
    ...(acknowledgeUrl ? [`Acknowledge: ${acknowledgeUrl}`] : []),
    ...(runbookUrl ? [`Runbook: ${runbookUrl}`] : []),
  ];
  return postJson(
    alerts,
    {
      message: shorten(title, MAX.message),
      alias,
      description: shorten([title, summary, description, ...links].filter(Boolean).join('\n'), MAX.description),
      ...(responders.length > 0 ? { responders } : {}),
      details: detailsWithin(facts),
      entity: shorten(message.source, MAX.entity),
      source,
      priority: PRIORITIES[severity],
    },
    headers,
  );
}

function detailsWithin(facts: Message['facts']): Record<string, string> {
  const details: Record<string, string> = {};
  let length = 0;
  for (const { name, value } of facts) {
    length += name.length + value.length;
    if (length > MAX.details) break;
    details[name] = value;
  }
  return details;
}
