import { type Acknowledgement, type GroupRecord, groupStatus, withLog } from './group.ts';

/** What an acknowledgement did; each but the first leaves the group as it was. */
export type AcknowledgeVerdict = 'acknowledged' | 'already acknowledged' | 'already resolved' | 'unknown alert';

/** Stops the escalation of a generation. Whoever was told learns of it. */
export function acknowledge(
  group: GroupRecord | undefined,
  generation: number,
  by: string,
  nowMs: number,
): { readonly verdict: AcknowledgeVerdict; readonly group?: GroupRecord } {
  const verdict = acknowledgeable(group, generation);
  if (verdict !== undefined || !group) return { verdict: verdict ?? 'unknown alert', ...(group ? { group } : {}) };
  const acknowledgement: Acknowledgement = { by, atMs: nowMs };
  const changed = { ...group, acknowledgement, revision: group.revision + 1 };
  const entry = { atMs: nowMs, kind: 'acknowledged', by, summary: `acknowledged by ${by}` };
  return { verdict: 'acknowledged', group: withLog(changed, entry) };
}

/** Why a generation cannot be acknowledged; undefined when it can. */
export function acknowledgeable(
  group: GroupRecord | undefined,
  generation: number,
): Exclude<AcknowledgeVerdict, 'acknowledged'> | undefined {
  if (!group || generation > group.generation) return 'unknown alert';
  if (generation < group.generation || group.phase !== 'open') return 'already resolved';
  if (groupStatus(group) === 'resolved') return 'already resolved';
  return group.acknowledgement ? 'already acknowledged' : undefined;
}

/**
 * Notes how it goes with what was acknowledged: the lease of the acknowledgement begins anew.
 * @returns undefined when there is nothing that is acknowledged
 */
export function recordProgress(
  group: GroupRecord | undefined,
  generation: number,
  by: string,
  note: string,
  nowMs: number,
): GroupRecord | undefined {
  if (acknowledgeable(group, generation) !== 'already acknowledged' || !group?.acknowledgement) return undefined;
  const acknowledgement = { ...group.acknowledgement, by, progressAtMs: nowMs };
  const summary = `${by} is on it${note ? `: ${note}` : ''}`;
  return withLog(
    { ...group, acknowledgement, revision: group.revision + 1 },
    { atMs: nowMs, kind: 'progress', by, summary },
  );
}
