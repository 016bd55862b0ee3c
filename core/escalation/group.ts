import type { AlertEvent } from '../alerting/sender.ts';
import type { Suppression } from '../alerting/suppression.ts';
import type { TimedRoute } from '../alerting/time-intervals/muted-by.ts';
import type { GroupHealing } from '../healing/record.ts';
import type { Labels } from '../metrics/model.ts';
import type { DispatchRecord } from './dispatched.ts';
import type { SentEntry } from './ledger.ts';

/** How alerts of a group are notified of: from its route. */
export interface GroupSettings {
  readonly groupId: string;
  readonly receiver: string;
  readonly groupLabels: Labels;
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  /** When the route is active or mute; absent: always active. */
  readonly times?: TimedRoute;
}

/** An alert in a group. */
export interface Member {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly value: number;
  readonly status: 'firing' | 'unknown' | 'resolved';
  /** By the sender's clock. */
  readonly activeAtMs: number;
  readonly firedAtMs?: number;
  readonly resolvedAtMs?: number;
  /** By our clock. */
  readonly changedAtMs: number;
  readonly sender: string;
  /** Version of the sender's state this is from: an older one does not change it. */
  readonly senderVersion: number;
  /** Why nobody is told of it now, by the latest decision. */
  readonly suppressed?: Suppression;
  /** What held it back last, also when nothing does any more. */
  readonly heldBack?: Suppression;
  /** From when on people may be told after it was suppressed. */
  readonly audibleSinceMs?: number;
}

/**
 * One climb of the ladder. A generation begins with its first; a more severe alert, or a new one after an
 * acknowledgement, begins another, so that an incident that exists does not hide it.
 */
export interface Episode {
  readonly number: number;
  /** The first level is told then. */
  readonly startedAtMs: number;
  /** The levels' `after` count from here. Earlier than `startedAtMs` when an unacknowledged climb goes on. */
  readonly sinceMs: number;
  /** 4 critical .. 1 info: the worst it has told of. */
  readonly severityRank: number;
}

export interface Acknowledgement {
  readonly by: string;
  readonly atMs: number;
  /** When somebody last said how it goes: the lease counts from here. */
  readonly progressAtMs?: number;
}

/** A line of a group's history, for people and reports. */
export interface LogEntry {
  readonly atMs: number;
  readonly generation: number;
  /**
   * `firing`, `resolved`, `unknown`, `acknowledged`, `progress`, `lapsed`, `inhibited`, `silenced`, `muted`, `audible`,
   * `healing`, `nobody`, `unheard`, `unacknowledged`, `inbound`, `closed`, or a notification's kind.
   */
  readonly kind: string;
  readonly summary: string;
  /** Who did it, where somebody did. */
  readonly by?: string;
  /** Of notifications. */
  readonly channel?: string;
  readonly person?: string;
  readonly level?: number;
  readonly status?: string;
}

/**
 * Everything about an alert group. A *generation* is one incident: it opens with the first alert that fires, closes when
 * the last has resolved and everybody who was told knows it, and then the next alert opens the next generation.
 */
export interface GroupRecord extends GroupSettings {
  readonly generation: number;
  /** `closing`: resolved, and being told so; an alert that fires meanwhile waits for the next generation. */
  readonly phase: 'open' | 'closing' | 'closed';
  readonly openedAtMs: number;
  readonly closedAtMs?: number;
  /** Counts what happened: Decide knows from it whether it has seen everything. */
  readonly revision: number;
  /** By fingerprint. */
  readonly members: Readonly<Record<string, Member>>;
  readonly episode?: Episode;
  /** Fingerprints of what has come in or changed since the last decision. */
  readonly arrived?: readonly string[];
  /** Of a receiver without a policy. */
  readonly dispatch?: DispatchRecord;
  /** Fingerprints people were told of, or are about to be. */
  readonly told: readonly string[];
  /** The last time a further alert joined without beginning an episode. */
  readonly update?: { readonly number: number; readonly newsAtMs: number; readonly dueMs: number };
  readonly acknowledgement?: Acknowledgement;
  /** By fingerprint: what healing does about an alert; see core/healing/hold.ts. */
  readonly healing?: Readonly<Record<string, GroupHealing>>;
  /** The ladder is not climbed before: healing is under way. */
  readonly heldUntilMs?: number;
  /** What has gone wrong with telling people in this generation, by key: each is said once. */
  readonly problems?: readonly string[];
  /** What was sent in this generation, by notification key. */
  readonly sent: Readonly<Record<string, SentEntry>>;
  /** The last 100 lines, of all generations. */
  readonly log: readonly LogEntry[];
  /** The execution that serves the generation; absent until it has begun. */
  readonly executionArn?: string;
  readonly continuation: number;
  /** The task token of the execution's Wait, and what was known when it began to wait. */
  readonly waiting?: { readonly token: string; readonly revision: number };
}

/** The events of one sender that concern one group. */
export interface MemberEvents {
  readonly sender: string;
  readonly senderVersion: number;
  readonly events: readonly AlertEvent[];
}

const LOG_LINES = 100;

/** The next generation, with what still fires of the one before and its log. */
export function openGeneration(settings: GroupSettings, before: GroupRecord | undefined, nowMs: number): GroupRecord {
  const alive = Object.entries(before?.members ?? {}).filter(([, { status }]) => status !== 'resolved');
  return {
    ...settingsOf(settings),
    generation: (before?.generation ?? 0) + 1,
    phase: 'open',
    openedAtMs: nowMs,
    revision: (before?.revision ?? 0) + 1,
    members: Object.fromEntries(alive),
    told: [],
    sent: {},
    log: before?.log ?? [],
    arrived: alive.map(([fingerprint]) => fingerprint),
    // What integrations were told outlives the group, as Alertmanager's notification log does.
    ...(before?.dispatch
      ? { dispatch: { state: { hasFlushed: false, notified: before.dispatch.state.notified } } }
      : {}),
    continuation: 0,
  };
}

function settingsOf(known: GroupSettings): GroupSettings {
  const { groupId, receiver, groupLabels, groupWaitMs, groupIntervalMs, repeatIntervalMs, times } = known;
  const settings = { groupId, receiver, groupLabels, groupWaitMs, groupIntervalMs, repeatIntervalMs };
  return times ? { ...settings, times } : settings;
}

export function withLog(group: GroupRecord, ...entries: readonly Omit<LogEntry, 'generation'>[]): GroupRecord {
  if (entries.length === 0) return group;
  const lines = entries.map((entry) => ({ ...entry, generation: group.generation }));
  return { ...group, log: [...group.log, ...lines].slice(-LOG_LINES) };
}

/** The generation is over; the next alert opens another. */
export function closeGeneration({ waiting: _ended, ...group }: GroupRecord, nowMs: number): GroupRecord {
  const summary = `generation ${group.generation} is closed`;
  return withLog({ ...group, phase: 'closed', closedAtMs: nowMs }, { atMs: nowMs, kind: 'closed', summary });
}

/** Members people should know of: active, and nothing speaks against telling. */
export function audibleMembers({ members }: Pick<GroupRecord, 'members'>): [fingerprint: string, member: Member][] {
  return Object.entries(members).filter(([, { status, suppressed }]) => status !== 'resolved' && !suppressed);
}

/** Unknown counts only when nothing is known to fire; resolved when nothing else is left. */
export function groupStatus({ members }: Pick<GroupRecord, 'members'>): Member['status'] {
  const statuses = Object.values(members).map(({ status }) => status);
  return statuses.includes('firing') ? 'firing' : statuses.includes('unknown') ? 'unknown' : 'resolved';
}
