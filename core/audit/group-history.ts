import type { GroupRecord, LogEntry } from '../escalation/group.ts';
import type { AuditEvent, Json } from './entry.ts';

/** Changes of an alert are learnt from rules; what people are told is the escalation's doing. */
const OF_ALERTS: readonly string[] = ['firing', 'updated', 'unknown', 'resolved'];
/** What holds alerts back, and lets them go. */
const OF_ROUTING: readonly string[] = ['inhibited', 'silenced', 'muted', 'audible'];

/** A sign of life once a minute is nobody's deed: the trail would hold little else. */
const HEARTBEAT = 'heartbeat';

/** What a change added to the history of an alert group, as events of the audit trail. */
export function groupEvents(before: GroupRecord | undefined, after: GroupRecord | undefined): AuditEvent[] {
  if (!after || before === after) return [];
  const known = new Set(before?.log);
  return after.log.filter((line) => !known.has(line) && line.channel !== HEARTBEAT).map((line) => eventOf(after, line));
}

function eventOf(group: GroupRecord, line: LogEntry): AuditEvent {
  const { atMs, kind: _inAction, by: _isActor, summary, ...rest } = line;
  const detail: Record<string, Json> = { receiver: group.receiver, groupLabels: group.groupLabels };
  for (const [name, value] of Object.entries(rest)) if (value !== undefined) detail[name] = value as Json;
  return {
    atMs,
    actor: actorOf(line),
    action: actionOf(line),
    subject: `group ${group.groupId}`,
    reason: summary,
    detail,
  };
}

function actorOf({ by, kind, channel }: LogEntry): string {
  if (by !== undefined) return by;
  if (channel !== undefined) return 'escalation';
  if (OF_ROUTING.includes(kind)) return 'routing';
  return OF_ALERTS.includes(kind) ? 'rules' : 'escalation';
}

function actionOf({ kind, channel, status }: LogEntry): string {
  if (channel !== undefined) return `notification ${status ?? 'sent'}`;
  return OF_ALERTS.includes(kind) ? `alert ${kind}` : kind;
}
