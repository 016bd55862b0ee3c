import type { Labels } from '../../metrics/model.ts';
import { type Matcher, type MatchOperator, matcher, matches } from '../../promql/matchers.ts';
import type { SenderState } from '../sender.ts';
import type { SessionPhase } from '../session.ts';

/** A matcher as plain data, as it is stored. */
export interface MatcherRecord {
  readonly name: string;
  readonly op: MatchOperator;
  readonly value: string;
}

/**
 * Somebody's word that nobody is to be told of certain alerts for a time. Stored as it is here.
 *
 * A `maintenance` window is a silence that was planned: when it closes, what still fires is raised like a new alert.
 */
export interface Silence {
  readonly id: string;
  readonly kind: 'silence' | 'maintenance';
  /** An alert is silenced when all matchers of any set match it. */
  readonly matcherSets: readonly (readonly MatcherRecord[])[];
  readonly startsAtMs: number;
  /** From here on it is over. */
  readonly endsAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly createdAtMs: number;
  /** Only alerts of this experiment's session, and not for longer than it lasts. */
  readonly session?: string;
  /** Who ended it before its time. */
  readonly expiredBy?: string;
  /** When it was said what it had held back. */
  readonly reviewedAtMs?: number;
}

export type SilenceState = 'pending' | 'active' | 'expired';

/** The label that binds an alert to an experiment's session. */
export const SESSION_LABEL = 'session_id';

export function silenceState({ startsAtMs, endsAtMs }: Silence, nowMs: number): SilenceState {
  if (nowMs < startsAtMs) return 'pending';
  return nowMs < endsAtMs ? 'active' : 'expired';
}

/** The matchers of each set, ready to test, the session's included. */
export function silenceMatchers({ matcherSets, session }: Silence): Matcher[][] {
  const ofSession = session === undefined ? [] : [matcher(SESSION_LABEL, '=', session)];
  return matcherSets.map((set) => [...ofSession, ...set.map(({ name, op, value }) => matcher(name, op, value))]);
}

/** The session at the board of each thing. */
export type Sessions = ReadonlyMap<string, string>;

/** @param phases with those that are over, too: what such a silence covered is told when it ends */
export function sessionsOf(senders: readonly SenderState[], phases: readonly SessionPhase[]): Sessions {
  return new Map(
    senders.flatMap(({ sender, session }) =>
      session && phases.includes(session.phase) ? [[sender, session.id] as const] : [],
    ),
  );
}

/** An alert belongs to the session at its thing's board, where its own labels name none. */
export function inSession(labels: Labels, sessions: Sessions): Labels {
  const session = sessions.get(labels.thing ?? '');
  return session === undefined || labels[SESSION_LABEL] ? labels : { ...labels, [SESSION_LABEL]: session };
}

/**
 * Finds the active silence of an alert: the first by id, so that the answer does not depend on the order of storage.
 * A plain silence comes before a maintenance window.
 */
export function silencer(
  silences: readonly Silence[],
  nowMs: number,
  sessions: Sessions = new Map(),
): (labels: Labels) => Silence | undefined {
  const rank = ({ kind, id }: Silence): string => `${kind === 'maintenance' ? 1 : 0}${id}`;
  const active = silences
    .filter((silence) => silenceState(silence, nowMs) === 'active')
    .toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))
    .map((silence) => ({ silence, sets: silenceMatchers(silence) }));
  return (labels) => {
    const own = inSession(labels, sessions);
    return active.find(({ sets }) => sets.some((set) => matches(own, set)))?.silence;
  };
}
