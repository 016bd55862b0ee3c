import { audibleMembers, type GroupRecord, groupStatus } from './group.ts';
import { type Ladder, ladder, type TargetsOf } from './ladder.ts';
import { reminderMs } from './lease.ts';
import type { NotificationKind, PlannedNotification } from './notification.ts';
import { addressOf, type EscalationPolicy, keepsIncidents } from './policy.ts';

/**
 * Everything that is to be said in the group's present condition, now or later, sent or not. What is due and not in the
 * ledger is sent; what is not planned any more is not sent, however often it failed before.
 */
export function planNotifications(
  group: GroupRecord,
  policy: EscalationPolicy,
  targetsOf: TargetsOf,
  nowMs: number,
): Ladder {
  const { acknowledgement, episode, closedAtMs = nowMs } = group;
  if (group.phase === 'closing') return only(tellTheTold(group, 'resolved', 'resolved', closedAtMs, true));
  if (acknowledgement) return only(planAcknowledged(group, policy));
  // Silenced, inhibited or muted, all of it: the climb stands still. What comes due meanwhile is told when it goes on.
  if (!episode || audibleMembers(group).length === 0) return only([]);
  const { planned, absent } = ladder(group, policy, targetsOf, nowMs);
  return { planned: [...planned, ...update(group), ...unknown(group)], absent };
}

function only(planned: readonly PlannedNotification[]): Ladder {
  return { planned, absent: [] };
}

/** That somebody has it, to everybody who was told; and in time that they should say how it goes. */
export function planAcknowledged(group: GroupRecord, policy: EscalationPolicy): PlannedNotification[] {
  const { acknowledgement } = group;
  if (!acknowledgement) return [];
  const { atMs, progressAtMs = atMs } = acknowledgement;
  const told = tellTheTold(group, 'acknowledged', `ack${atMs}`, atMs, true);
  if (policy.acknowledgeLeaseMs === undefined) return told;
  const dueMs = reminderMs(acknowledgement, policy);
  const reminders = tellTheTold(group, 'reminder', `ack${atMs}.p${progressAtMs}.reminder`, dueMs, false);
  return [...told, ...reminders.filter(({ channel }) => !keepsIncidents(channel))];
}

function update(group: GroupRecord): PlannedNotification[] {
  if (!group.update) return [];
  const { number, newsAtMs, dueMs } = group.update;
  return tellTheTold(toldUntil(group, newsAtMs), 'trigger', `u${number}`, dueMs, false);
}

function unknown(group: GroupRecord): PlannedNotification[] {
  if (groupStatus(group) !== 'unknown') return [];
  const members = Object.values(group.members).filter(({ status }) => status === 'unknown');
  const sinceMs = Math.max(...members.map(({ changedAtMs }) => changedAtMs));
  return tellTheTold(toldUntil(group, sinceMs), 'unknown', `unknown${sinceMs}`, sinceMs, false);
}

/** Without what was sent later: whoever was told after the news has read them already. */
function toldUntil(group: GroupRecord, untilMs: number): GroupRecord {
  const sent = Object.entries(group.sent).filter(([, { atMs }]) => atMs <= untilMs);
  return { ...group, sent: Object.fromEntries(sent) };
}

/**
 * One notification for each address that was told of the group, even if perhaps only: an attempt without an answer may
 * have arrived.
 * @param everyIncident whether a channel that keeps incidents hears it for each of them, or only for the latest
 */
function tellTheTold(
  group: GroupRecord,
  kind: NotificationKind,
  step: string,
  dueMs: number,
  everyIncident: boolean,
): PlannedNotification[] {
  const told = new Map<string, PlannedNotification>();
  const entries = Object.values(group.sent).sort((a, b) => a.level - b.level);
  for (const { channel, person, level, episode, kind: of, status } of entries) {
    if ((of !== 'trigger' && of !== 'escalate') || status === 'gave-up' || status === 'over-budget') continue;
    const incident = keepsIncidents(channel) && everyIncident ? `e${episode}.` : '';
    const target = { channel, ...(person === undefined ? {} : { person }) };
    const key = `${incident}${step}.${addressOf(target)}`;
    const latest = Math.max(episode, told.get(key)?.episode ?? 0);
    const firstLevel = told.get(key)?.level ?? level;
    told.set(key, { key, kind, ...target, level: firstLevel, episode: latest, round: 0, dueMs });
  }
  return [...told.values()];
}
