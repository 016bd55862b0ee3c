import { type GroupRecord, withLog } from './group.ts';
import { isUnreachable } from './ledger.ts';
import type { PlannedNotification } from './notification.ts';

/** What has gone wrong with telling people. `nobody`: by a schedule nobody is on call; `unheard`: no channel took it. */
export interface Problem {
  readonly kind: 'nobody' | 'unheard';
  readonly key: string;
  readonly summary: string;
}

/**
 * Of the first round of the present climb: a level that is due and by whose schedules nobody is on call, and a page that
 * no channel at all has taken. A repeat needs no new complaint.
 */
export function problemsOf(
  group: GroupRecord,
  plan: readonly PlannedNotification[],
  absent: readonly { readonly level: number; readonly schedule: string; readonly dueMs: number }[],
  nowMs: number,
): Problem[] {
  const { episode, acknowledgement } = group;
  if (!episode || acknowledgement || group.phase !== 'open') return [];
  const nobody = absent
    .filter(({ dueMs }) => dueMs <= nowMs)
    .map(({ level, schedule }): Problem => {
      const key = `e${episode.number}.L${level}.nobody.${schedule}`;
      return { kind: 'nobody', key, summary: `nobody is on call by schedule ${schedule}: level ${level} goes unheard` };
    });
  const first = plan.filter(({ round, kind }) => round === 0 && (kind === 'trigger' || kind === 'escalate'));
  const isDead = ({ key }: PlannedNotification): boolean => isUnreachable(group.sent[key]?.status);
  const hasLevels = first.length > 0 || nobody.length > 0;
  if (!hasLevels || episode.startedAtMs > nowMs || !first.every(isDead)) return nobody;
  const unheard: Problem = {
    kind: 'unheard',
    key: `e${episode.number}.unheard`,
    summary: 'no level could be told: every channel has refused or is over its budget, or nobody is on call',
  };
  return [...nobody, unheard];
}

/** Notes problems that were not noted before. */
export function withProblems(
  group: GroupRecord,
  problems: readonly Problem[],
  nowMs: number,
): { readonly group: GroupRecord; readonly fresh: readonly Problem[] } {
  const fresh = problems.filter(({ key }) => !group.problems?.includes(key));
  if (fresh.length === 0) return { group, fresh };
  const known = [...(group.problems ?? []), ...fresh.map(({ key }) => key)];
  const entries = fresh.map(({ kind, summary }) => ({ atMs: nowMs, kind, summary }));
  return { group: withLog({ ...group, problems: known }, ...entries), fresh };
}
