import { UserError } from '../../user-error.ts';
import { parseMatchers } from '../routing/matchers.ts';
import { type MatcherRecord, type Silence, silenceState } from './silence.ts';

/** What a person asks for. */
export interface SilenceRequest {
  readonly kind: Silence['kind'];
  /** In Alertmanager's syntax, each `severity="critical"` or several with commas; all must match. */
  readonly matchers: readonly string[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly session?: string;
}

/** A silence for longer than this is a wrong rule or a wrong route, and would be forgotten. */
export const LONGEST_SILENCE_MS = 30 * 86_400_000;

/**
 * The record of a new silence.
 * @throws UserError that names all that is wrong, and what to do
 */
export function createSilence(request: SilenceRequest, id: string, nowMs: number): Silence {
  const { matchers, startsAtMs, endsAtMs, createdBy, comment, session, kind } = request;
  const problems: string[] = [];
  const set: MatcherRecord[] = [];
  for (const text of matchers) {
    try {
      set.push(...parseMatchers(text).map(({ name, op, value }) => ({ name, op, value })));
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  if (problems.length === 0 && session === undefined && set.every(matchesEmpty)) {
    problems.push(
      'the matchers would silence every alert; name at least one label, such as alertname="EdgeAgentSilent"',
    );
  }
  if (session === '') problems.push('the session is empty; give its id, or leave it out');
  if (createdBy.trim() === '') problems.push('nobody is named as author; say who you are with --author');
  if (comment.trim() === '')
    problems.push('there is no comment; say why with --comment, for those who look for the alert');
  if (endsAtMs <= startsAtMs) problems.push('it would end before it starts; give a later end');
  else if (endsAtMs <= nowMs) problems.push('it would have ended already; give an end in the future');
  else if (endsAtMs - startsAtMs > LONGEST_SILENCE_MS) {
    problems.push('it would last longer than 30 days; change the rule or the route instead, or silence again later');
  }
  if (problems.length > 0) throw new UserError(`no silence was made: ${problems.join('; ')}`);
  // Alertmanager does not let a silence begin in the past either.
  const record = { id, kind, matcherSets: [set], startsAtMs: Math.max(startsAtMs, nowMs), endsAtMs };
  return { ...record, createdBy, comment, createdAtMs: nowMs, ...(session === undefined ? {} : { session }) };
}

/**
 * Ends a silence now. One that has not begun will never be active.
 * @throws UserError when it has ended already
 */
export function expireSilence(silence: Silence, by: string, nowMs: number): Silence {
  const state = silenceState(silence, nowMs);
  if (state === 'expired') {
    throw new UserError(`silence ${silence.id} ended at ${new Date(silence.endsAtMs).toISOString()} already`);
  }
  const startsAtMs = Math.min(silence.startsAtMs, nowMs);
  return { ...silence, startsAtMs, endsAtMs: nowMs, expiredBy: by };
}

/** Ends what was bound to a session that is over. @returns only those that changed */
export function endSession(silences: readonly Silence[], session: string, nowMs: number): Silence[] {
  return silences
    .filter((silence) => silence.session === session && silenceState(silence, nowMs) !== 'expired')
    .map((silence) => expireSilence(silence, `end of session ${session}`, nowMs));
}

function matchesEmpty({ op, value }: MatcherRecord): boolean {
  if (op === '=') return value === '';
  if (op === '!=') return value !== '';
  try {
    const matched = parseMatchers(`a${op}${JSON.stringify(value)}`)[0]?.test('');
    return matched ?? true;
  } catch {
    return true;
  }
}
