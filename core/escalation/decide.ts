import { advanceDispatched, dispatchedWakeMs, planDispatched, type Silencing } from './dispatched.ts';
import { advanceEpisode } from './episode.ts';
import { type ExecutionInput, historyEventsOf, MAX_HISTORY_EVENTS } from './execution.ts';
import { audibleMembers, closeGeneration, type GroupRecord, groupStatus, openGeneration } from './group.ts';
import type { Ladder, TargetsOf } from './ladder.ts';
import { lapseAcknowledgement, leaseEndMs } from './lease.ts';
import { giveUpTheFailed, isSettled, markSending, sendableAtMs } from './ledger.ts';
import type { Notification, PlannedNotification } from './notification.ts';
import { planAcknowledged, planNotifications } from './plan.ts';
import { channelsOnly, type EscalationPolicy } from './policy.ts';
import { type Problem, problemsOf, withProblems } from './problems.ts';
import { suppressMembers } from './suppress.ts';

/** What is so outside the group. */
export interface Circumstances {
  readonly nowMs: number;
  /** Of the execution so far. */
  readonly historyEvents: number;
  /** What keeps alerts from being told; absent: nothing. */
  readonly silencing?: Silencing;
  /** When a silence ends that is active now. */
  readonly silencedUntilMs?: number;
  /** Whom a level tells; absent: its channels. */
  readonly targetsOf?: TargetsOf;
  /** Healing is under way: nobody is told before. */
  readonly heldUntilMs?: number;
}

/** What to do next with an alert group. */
export type Decision = {
  readonly group: GroupRecord;
  /** What has newly gone wrong with telling people: it must be said on another path. */
  readonly problems: readonly Problem[];
} & (
  | { readonly next: 'notify'; readonly notifications: readonly Notification[] }
  /** Until something happens, but at most so long. */
  | { readonly next: 'wait'; readonly waitSeconds: number }
  /** Go on in another execution: the history is long, or the next generation is open already. */
  | { readonly next: 'continue'; readonly input: ExecutionInput }
  | { readonly next: 'done' }
);

const NOTHING: Silencing = { suppressionOf: () => undefined, mutedAt: () => undefined };
const MINUTE_MS = 60_000;
/** A wait ends at the latest after a day, just to look. */
const MAX_WAIT_SECONDS = 86_400;

/**
 * The escalation: what to do about a group now. Pure: the same group, policy and circumstances give the same decision.
 * The decision's `group` is to be stored before anything is done.
 *
 * Levels are told when they are due, until somebody acknowledges, which everybody told is told; the last level is never
 * skipped, however late the decision. Unknown counts as firing. What is silenced, inhibited or muted is not told of until
 * nothing speaks against it any more. When all is resolved, everybody told is told, and the generation closes; if it
 * fires again before that is done, the next generation opens.
 */
export function decide(group: GroupRecord, policy: EscalationPolicy, circumstances: Circumstances): Decision {
  const { nowMs, historyEvents, targetsOf = channelsOnly } = circumstances;
  const { groupId, generation } = group;
  if (group.phase === 'closed') return { group, problems: [], next: 'done' };
  if (historyEvents >= MAX_HISTORY_EVENTS) {
    const continuation = group.continuation + 1;
    const { waiting: _ended, executionArn: _full, ...rest } = group;
    const input = { groupId, generation, continuation };
    return { group: { ...rest, continuation }, problems: [], next: 'continue', input };
  }
  // A flush settles by what became of its notifications, so what has failed for good must be known before.
  const advanced = advance(giveUpTheFailed(group, nowMs), policy, circumstances);
  if (advanced.phase === 'closed') return { group: advanced, problems: [], next: 'done' };
  const { planned, absent } = plan(advanced, policy, targetsOf, nowMs);
  const { group: current, fresh } = withProblems(advanced, problemsOf(advanced, planned, absent, nowMs), nowMs);
  const outstanding = planned.filter(({ key }) => !isSettled(current.sent[key]));
  if (current.phase === 'closing' && isOver(current, outstanding)) return close(current, nowMs);

  const sendAt = ({ key, dueMs }: PlannedNotification): number => sendableAtMs(current.sent[key], dueMs);
  const due = outstanding.filter((one) => sendAt(one) <= nowMs);
  if (due.length > 0) {
    const notifications = due.map(({ dueMs: _due, ...notification }) => notification);
    const told = withoutOldRounds(markSending(current, notifications, nowMs));
    return { group: told, problems: fresh, next: 'notify', notifications };
  }
  const nextMs = Math.min(...outstanding.map(sendAt), lookAgainMs(current, policy, circumstances));
  const waitSeconds = Math.max(1, Math.ceil((nextMs - nowMs) / 1000));
  return { group: current, problems: fresh, next: 'wait', waitSeconds: Math.min(waitSeconds, MAX_WAIT_SECONDS) };
}

/** What the execution has after this decision, for its limit. */
export function historyEventsAfter(decision: Decision, historyEvents: number): number {
  if (decision.next === 'notify') return historyEvents + historyEventsOf('notify', decision.notifications.length);
  return historyEvents + historyEventsOf('wait', 0);
}

function advance(group: GroupRecord, policy: EscalationPolicy, circumstances: Circumstances): GroupRecord {
  if (group.phase !== 'open') return group;
  const { nowMs, silencing = NOTHING, heldUntilMs } = circumstances;
  const { heldUntilMs: _before, ...rest } = group;
  const held = heldUntilMs === undefined ? rest : { ...rest, heldUntilMs };
  if (policy.integrations) return advanceDispatched(held, policy.integrations, silencing, nowMs);
  if (groupStatus(group) === 'resolved') return { ...group, phase: 'closing', closedAtMs: nowMs };
  const { arrived: _known, ...settled } = held;
  const suppressed = suppressMembers(settled, silencing.suppressionOf, silencing.mutedAt(nowMs), nowMs);
  return advanceEpisode(lapseAcknowledgement(suppressed, policy, nowMs), nowMs);
}

function plan(group: GroupRecord, policy: EscalationPolicy, targetsOf: TargetsOf, nowMs: number): Ladder {
  const { integrations } = policy;
  if (!integrations) return planNotifications(group, policy, targetsOf, nowMs);
  return { planned: [...planDispatched(group, integrations), ...planAcknowledged(group, policy)], absent: [] };
}

/**
 * When to look again although nothing is to be sent: an acknowledgement may expire, and what holds an alert back may end.
 * An inhibiting alert ends without a word to the groups it inhibits, so they look as often as Alertmanager would flush.
 */
function lookAgainMs(group: GroupRecord, policy: EscalationPolicy, circumstances: Circumstances): number {
  if (policy.integrations) return dispatchedWakeMs(group);
  const { nowMs, silencing = NOTHING, silencedUntilMs = Number.POSITIVE_INFINITY } = circumstances;
  const lapses = group.acknowledgement ? leaseEndMs(group.acknowledgement, policy) : Number.POSITIVE_INFINITY;
  const active = Object.values(group.members).filter(({ status }) => status !== 'resolved');
  if (active.length === audibleMembers(group).length) return lapses;
  return Math.min(lapses, silencedUntilMs, mutedUntilMs(silencing, nowMs, nowMs + group.groupIntervalMs));
}

/** Time intervals begin and end with minutes: the first at which the route's times say something else, or the latest. */
function mutedUntilMs({ mutedAt }: Silencing, nowMs: number, latestMs: number): number {
  const now = mutedAt(nowMs)?.by;
  for (let atMs = (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS; atMs < latestMs; atMs += MINUTE_MS) {
    if (mutedAt(atMs)?.by !== now) return atMs;
  }
  return latestMs;
}

/** Everybody knows; or it fires again, and whoever could be told in one attempt knows. */
function isOver(group: GroupRecord, outstanding: readonly PlannedNotification[]): boolean {
  const hasRecurred = groupStatus(group) !== 'resolved';
  return outstanding.every(({ key }) => hasRecurred && group.sent[key] !== undefined);
}

function close(group: GroupRecord, nowMs: number): Decision {
  const closed = closeGeneration(group, nowMs);
  if (groupStatus(group) === 'resolved') return { group: closed, problems: [], next: 'done' };
  const opened = openGeneration(closed, closed, nowMs);
  const { groupId, generation, continuation } = opened;
  return { group: opened, problems: [], next: 'continue', input: { groupId, generation, continuation } };
}

/** Repeats before the latest are forgotten, or a record would grow for as long as its alert fires. */
function withoutOldRounds(group: GroupRecord): GroupRecord {
  const latest = Math.max(0, ...Object.values(group.sent).map(({ round }) => round));
  const sent = Object.entries(group.sent).filter(([, { round }]) => round === 0 || round === latest);
  return { ...group, sent: Object.fromEntries(sent) };
}
