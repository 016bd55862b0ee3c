import type { SuppressedNotification } from '../../core/alerting/silences/review.ts';
import { type Silence, silenceMatchers } from '../../core/alerting/silences/silence.ts';
import type { GroupRecord, Member } from '../../core/escalation/group.ts';
import type { AlertsTable, Versioned } from './alerts-table.ts';
import { sayUnreadable } from './unreadable.ts';

/** Silences and maintenance windows, as people made them: pk `SILENCE`, sk the id. */
const SILENCE = 'SILENCE';
/** What a silence held back, for the review when it ends: one item for each alert that it began, or ended, to cover. */
const heldBack = (silenceId: string): string => `SILENCED#${silenceId}`;

/** Every decision reads this partition: what is over and reviewed need not stay. The audit trail keeps that it was. */
const KEPT_WHEN_REVIEWED_SECONDS = 86_400;

/** Those that make sense: one that does not silences nothing, and must not keep everybody else from being paged. */
export async function listSilences(table: AlertsTable): Promise<readonly Versioned<Silence>[]> {
  return (await table.list<Silence>(SILENCE)).filter(({ document }) => isUsable(document));
}

function isUsable(silence: Silence): boolean {
  try {
    silenceMatchers(silence);
    if (Number.isFinite(silence.startsAtMs) && Number.isFinite(silence.endsAtMs)) return true;
    throw new Error('it has no beginning or no end');
  } catch (error) {
    sayUnreadable(`a silence, ${JSON.stringify(silence)},`, error);
    return false;
  }
}

/** @returns the new version; undefined when somebody else changed it meanwhile */
export async function putSilence(
  table: AlertsTable,
  silence: Silence,
  version: number | undefined,
): Promise<number | undefined> {
  const isDone = silence.reviewedAtMs !== undefined;
  return isDone
    ? table.put(SILENCE, silence.id, silence, version, KEPT_WHEN_REVIEWED_SECONDS)
    : table.put(SILENCE, silence.id, silence, version);
}

/** What changed between two versions of a group in what silences hold back. */
export function newlySilenced(
  before: GroupRecord | undefined,
  after: GroupRecord,
  nowMs: number,
): readonly SuppressedNotification[] {
  const { groupId, receiver } = after;
  return Object.entries(after.members).flatMap(([fingerprint, member]) => {
    const known = before?.members[fingerprint];
    const { suppressed, labels } = member;
    if (suppressed?.reason !== 'silenced' || same(known, member)) return [];
    const status = member.status === 'resolved' ? 'resolved' : 'firing';
    return [{ atMs: nowMs, groupId, receiver, fingerprint, labels, status, ...suppressed }];
  });
}

function same(a: Member | undefined, b: Member): boolean {
  return a?.status === b.status && a.suppressed?.by === b.suppressed?.by;
}

export async function noteHeldBack(table: AlertsTable, held: readonly SuppressedNotification[]): Promise<void> {
  await Promise.all(
    held.map((one) => table.put(heldBack(one.by), `${one.atMs}#${one.groupId}#${one.fingerprint}`, one, undefined)),
  );
}

/** Everything that a silence has held back, oldest first. */
export async function readHeldBack(table: AlertsTable, silenceId: string): Promise<readonly SuppressedNotification[]> {
  const items = await table.list<SuppressedNotification>(heldBack(silenceId));
  return items.map(({ document }) => document);
}
