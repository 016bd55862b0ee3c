import { advanceEpisode } from './episode.ts';
import { type ExecutionInput, historyEventsOf, MAX_HISTORY_EVENTS } from './execution.ts';
import { type GroupRecord, groupStatus, openGeneration, withLog } from './group.ts';
import { giveUpTheFailed, isSettled, markSending, sendableAtMs } from './ledger.ts';
import type { Notification, PlannedNotification } from './notification.ts';
import { planNotifications } from './plan.ts';
import type { EscalationPolicy } from './policy.ts';

/** What to do next with an alert group. */
export type Decision = { readonly group: GroupRecord } & (
  | { readonly next: 'notify'; readonly notifications: readonly Notification[] }
  /** Until something happens, but at most so long. */
  | { readonly next: 'wait'; readonly waitSeconds: number }
  /** Go on in another execution: the history is long, or the next generation is open already. */
  | { readonly next: 'continue'; readonly input: ExecutionInput }
  | { readonly next: 'done' }
);

/** A wait ends at the latest after a day, just to look. */
const MAX_WAIT_SECONDS = 86_400;

/**
 * The escalation: what to do about a group now. Pure: the same group, policy and time give the same decision. The
 * decision's `group` is to be stored before anything is done.
 *
 * Levels are told when they are due, until somebody acknowledges, which everybody told is told; the last level is never
 * skipped, however late the decision. Unknown counts as firing. When all is resolved, everybody told is told, and the
 * generation closes; if it fires again before that is done, the next generation opens.
 *
 * @param historyEvents of the execution so far
 */
export function decide(group: GroupRecord, policy: EscalationPolicy, nowMs: number, historyEvents: number): Decision {
  const { groupId, generation } = group;
  if (group.phase === 'closed') return { group, next: 'done' };
  if (historyEvents >= MAX_HISTORY_EVENTS) {
    const continuation = group.continuation + 1;
    const { waiting: _ended, executionArn: _full, ...rest } = group;
    return { group: { ...rest, continuation }, next: 'continue', input: { groupId, generation, continuation } };
  }
  const current = giveUpTheFailed(advance(group, nowMs), nowMs);
  const plan = planNotifications(current, policy, nowMs);
  const outstanding = plan.filter(({ key }) => !isSettled(current.sent[key]));
  if (current.phase === 'closing' && isOver(current, outstanding)) return close(current, nowMs);

  const sendAt = ({ key, dueMs }: PlannedNotification): number => sendableAtMs(current.sent[key], dueMs);
  const due = outstanding.filter((planned) => sendAt(planned) <= nowMs);
  if (due.length > 0) {
    const notifications = due.map(({ dueMs: _due, ...notification }) => notification);
    return { group: withoutOldRounds(markSending(current, notifications, nowMs)), next: 'notify', notifications };
  }
  const waitSeconds = Math.ceil((Math.min(...outstanding.map(sendAt)) - nowMs) / 1000);
  return { group: current, next: 'wait', waitSeconds: Math.min(waitSeconds, MAX_WAIT_SECONDS) };
}

/** What the execution has after this decision, for its limit. */
export function historyEventsAfter(decision: Decision, historyEvents: number): number {
  if (decision.next === 'notify') return historyEvents + historyEventsOf('notify', decision.notifications.length);
  return historyEvents + historyEventsOf('wait', 0);
}

function advance(group: GroupRecord, nowMs: number): GroupRecord {
  if (group.phase !== 'open') return group;
  if (groupStatus(group) !== 'resolved') return advanceEpisode(group, nowMs);
  return { ...group, phase: 'closing', closedAtMs: nowMs };
}

/** Everybody knows; or it fires again, and whoever could be told in one attempt knows. */
function isOver(group: GroupRecord, outstanding: readonly PlannedNotification[]): boolean {
  const hasRecurred = groupStatus(group) !== 'resolved';
  return outstanding.every(({ key }) => hasRecurred && group.sent[key] !== undefined);
}

function close(group: GroupRecord, nowMs: number): Decision {
  const { waiting: _ended, ...closing } = group;
  const closed = withLog(
    { ...closing, phase: 'closed', closedAtMs: nowMs },
    { atMs: nowMs, kind: 'closed', summary: `generation ${group.generation} is closed` },
  );
  if (groupStatus(group) === 'resolved') return { group: closed, next: 'done' };
  const opened = openGeneration(closed, closed, nowMs);
  const { groupId, generation, continuation } = opened;
  return { group: opened, next: 'continue', input: { groupId, generation, continuation } };
}

/** Repeats before the latest are forgotten, or a record would grow for as long as its alert fires. */
function withoutOldRounds(group: GroupRecord): GroupRecord {
  const latest = Math.max(0, ...Object.values(group.sent).map(({ round }) => round));
  const sent = Object.entries(group.sent).filter(([, { round }]) => round === 0 || round === latest);
  return { ...group, sent: Object.fromEntries(sent) };
}
