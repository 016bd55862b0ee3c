import { type Flush, flush, settle } from '../alerting/dispatch/flush.ts';
import { nextWakeMs } from '../alerting/dispatch/next-wake.ts';
import { type DispatchSettings, type DispatchState, insert, sleepUntil } from '../alerting/dispatch/state.ts';
import { severityOf, severityRank } from '../alerting/severity.ts';
import type { Suppression } from '../alerting/suppression.ts';
import type { Labels } from '../metrics/model.ts';
import { closeGeneration, type GroupRecord, type Member } from './group.ts';
import { isSettled, type SentEntry } from './ledger.ts';
import type { PlannedNotification } from './notification.ts';
import { keepsIncidents, type PolicyIntegration } from './policy.ts';
import { noteSuppressed } from './suppress.ts';

/** How a group stands whose receiver has no escalation policy: as Alertmanager would have it. */
export interface DispatchRecord {
  readonly state: DispatchState;
  /** What the last flush had to tell, until every integration has taken it or given it up. */
  readonly pending?: { readonly atMs: number; readonly flush: Flush };
}

/** What keeps alerts of a group from being told, now and foreseeably. */
export interface Silencing {
  readonly suppressionOf: (labels: Labels) => Suppression | undefined;
  /** What the route's time intervals say at a time. */
  readonly mutedAt: (atMs: number) => Suppression | undefined;
}

/**
 * Lets a group without a policy go on until now: takes what has arrived, flushes when it is time, and settles a flush
 * once its integrations are done, or at the next flush at the latest. An acknowledgement ends repeats, not news.
 */
export function advanceDispatched(
  group: GroupRecord,
  integrations: readonly PolicyIntegration[],
  silencing: Silencing,
  nowMs: number,
): GroupRecord {
  const settings = settingsOf(group, integrations);
  let current = withArrivals(group, settings, nowMs);
  for (;;) {
    const { state, pending } = current.dispatch ?? {};
    if (!state) return current;
    if (pending) {
      if (!isDone(current, pending, nowMs)) return current;
      current = settled(current, { state, pending }, settings, silencing);
      if (Object.keys(current.members).length === 0) return closeGeneration(current, nowMs);
    } else if (state.nextFlushMs !== undefined && flushMs(current, state.nextFlushMs) <= nowMs) {
      current = flushed(current, state, settings, silencing, nowMs);
    } else return current;
  }
}

/** What the pending flush tells: one notification for each integration, and an end for each incident of one. */
export function planDispatched(
  group: GroupRecord,
  integrations: readonly PolicyIntegration[],
): readonly PlannedNotification[] {
  const { pending } = group.dispatch ?? {};
  if (!pending) return [];
  const latest = group.episode?.number ?? 1;
  return pending.flush.notifications.flatMap(({ integration, firing, isLogOnly }) => {
    const channel = integrations.find(({ key }) => key === integration)?.channel;
    if (channel === undefined || isLogOnly) return [];
    const isEnd = firing.length === 0;
    const episodes = isEnd && keepsIncidents(channel) ? incidentsOf(group, integration) : [latest];
    return episodes.map((episode): PlannedNotification => {
      const key = `f${pending.atMs}.${integration}${episode === latest ? '' : `.e${episode}`}`;
      const kind = isEnd ? 'resolved' : 'trigger';
      return { key, kind, channel, integration, level: 1, episode, round: 0, dueMs: pending.atMs };
    });
  });
}

/** When to look again: a flush that is not done is given up at the next one. */
export function dispatchedWakeMs(group: GroupRecord): number {
  const { dispatch, groupIntervalMs } = group;
  if (dispatch?.pending) return dispatch.pending.atMs + groupIntervalMs;
  return flushMs(group, dispatch?.state.nextFlushMs ?? Number.POSITIVE_INFINITY);
}

/** The first flush waits for healing, as a ladder does. */
function flushMs({ dispatch, heldUntilMs = 0 }: GroupRecord, nextFlushMs: number): number {
  return dispatch?.state.hasFlushed ? nextFlushMs : Math.max(nextFlushMs, heldUntilMs);
}

function settingsOf(group: GroupRecord, integrations: readonly PolicyIntegration[]): DispatchSettings {
  const { groupWaitMs, groupIntervalMs, repeatIntervalMs } = group;
  return { groupWaitMs, groupIntervalMs, repeatIntervalMs, integrations };
}

function withArrivals(group: GroupRecord, settings: DispatchSettings, nowMs: number): GroupRecord {
  const { arrived = [], ...rest } = group;
  let state = group.dispatch?.state;
  // A group that had a policy until now has forgotten what arrived: all it has is news here.
  const news = state?.nextFlushMs === undefined ? Object.keys(group.members) : arrived;
  for (const fingerprint of news) {
    const member = group.members[fingerprint];
    if (member) state = insert(state, member.firedAtMs ?? member.activeAtMs, settings, nowMs);
  }
  return state ? { ...rest, dispatch: { ...group.dispatch, state } } : rest;
}

function flushed(
  group: GroupRecord,
  state: DispatchState,
  settings: DispatchSettings,
  { suppressionOf, mutedAt }: Silencing,
  nowMs: number,
): GroupRecord {
  const { members } = group;
  const of = (fingerprint: string): Suppression | undefined => suppressionOf(members[fingerprint]?.labels ?? {});
  const all = flush(state, members, settings, { suppressionOf: of, muted: mutedAt(nowMs) }, nowMs);
  const suppressed = new Map(all.suppressed.map(({ fingerprint, reason, by }) => [fingerprint, { reason, by }]));
  const noted = noteSuppressed(group, (fingerprint) => suppressed.get(fingerprint), nowMs);
  const isRepeat = all.notifications.every(({ reason }) => reason === 'repeat interval elapsed');
  const isNews = all.notifications.some(
    ({ firing, reason }) => firing.length > 0 && reason !== 'repeat interval elapsed',
  );
  const notifications = group.acknowledgement && isRepeat ? [] : all.notifications;
  const { acknowledgement: _news, ...unacknowledged } = noted;
  const told = isNews ? unacknowledged : noted;
  const firing = new Set(notifications.flatMap((one) => one.firing));
  const pending = { atMs: nowMs, flush: { ...all, notifications } };
  return { ...withIncident(told, [...firing], nowMs), dispatch: { state, pending } };
}

/** Something worse than before gets an incident of its own: one that is open, or acknowledged, must not hide it. */
function withIncident(group: GroupRecord, firing: readonly string[], nowMs: number): GroupRecord {
  const ranks = firing.map((fingerprint) => severityRank(severityOf(group.members[fingerprint]?.labels ?? {})));
  const rank = Math.max(0, ...ranks);
  const { number = 0, severityRank: before = 0 } = group.episode ?? {};
  if (rank <= before) return group;
  return { ...group, episode: { number: number + 1, startedAtMs: nowMs, sinceMs: nowMs, severityRank: rank } };
}

function isDone(group: GroupRecord, pending: NonNullable<DispatchRecord['pending']>, nowMs: number): boolean {
  if (nowMs >= pending.atMs + group.groupIntervalMs) return true;
  const sendable = pending.flush.notifications.filter(({ isLogOnly }) => !isLogOnly);
  return sendable.every(({ integration }) => {
    const entries = entriesOf(group, pending.atMs, integration);
    return entries.length > 0 && entries.every((entry) => isSettled(entry));
  });
}

function settled(
  group: GroupRecord,
  { state, pending }: Required<DispatchRecord>,
  settings: DispatchSettings,
  { suppressionOf, mutedAt }: Silencing,
): GroupRecord {
  const failed = pending.flush.notifications
    .filter(({ isLogOnly }) => !isLogOnly)
    .filter(({ integration }) => {
      const entries = entriesOf(group, pending.atMs, integration);
      return entries.length === 0 || entries.some(({ status }) => status !== 'delivered');
    });
  const keys = new Set(failed.map(({ integration }) => integration));
  const after = settle(state, pending.flush, group.members, settings, keys, pending.atMs);
  const forgotten = new Set(after.forget);
  const isKept = ([fingerprint, { status }]: [string, Member]): boolean =>
    !(forgotten.has(fingerprint) && status === 'resolved');
  const members = Object.fromEntries(Object.entries(group.members).filter(isKept));
  const kept = { ...group, members, sent: latestOfEach(group.sent) };
  if (Object.keys(members).length === 0) {
    const { nextFlushMs: _none, ...ended } = after.state;
    return { ...kept, dispatch: { state: { ...ended, hasFlushed: false } } };
  }
  const of = (fingerprint: string): Suppression | undefined => suppressionOf(members[fingerprint]?.labels ?? {});
  const wakeMs = nextWakeMs(after.state, members, settings, { suppressionOf: of, mutedAt });
  return { ...kept, dispatch: { state: wakeMs === undefined ? after.state : sleepUntil(after.state, wakeMs) } };
}

function entriesOf({ sent }: GroupRecord, atMs: number, integration: string): SentEntry[] {
  const key = `f${atMs}.${integration}`;
  return Object.entries(sent).flatMap(([known, entry]) =>
    known === key || known.startsWith(`${key}.e`) ? [entry] : [],
  );
}

/** Incidents that an integration has, open ones and the latest. */
function incidentsOf({ sent, episode }: GroupRecord, integration: string): number[] {
  const told = Object.entries(sent).filter(([key, { kind }]) => kind === 'trigger' && key.includes(`.${integration}`));
  return [...new Set([...told.map(([, entry]) => entry.episode), episode?.number ?? 1])].sort((a, b) => a - b);
}

/** Of each channel, kind and incident the latest: a record must not grow for as long as its alert fires. */
function latestOfEach(sent: GroupRecord['sent']): GroupRecord['sent'] {
  const latest = new Map<string, [string, SentEntry]>();
  for (const [key, entry] of Object.entries(sent)) {
    const integration = /^f\d+\.(.*?)(\.e\d+)?$/.exec(key)?.[1] ?? key;
    latest.set(`${integration} ${entry.kind} ${entry.episode}`, [key, entry]);
  }
  return Object.fromEntries(latest.values());
}
