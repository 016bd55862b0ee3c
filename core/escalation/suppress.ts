import type { Suppression, SuppressionReason } from '../alerting/suppression.ts';
import type { Labels } from '../metrics/model.ts';
import { type GroupRecord, type Member, withLog } from './group.ts';

/** Why an alert is not told of now; undefined: it is. */
export type SuppressionOf = (fingerprint: string, labels: Labels) => Suppression | undefined;

/**
 * Notes at each active member whether anything speaks against telling people of it, and in the log when that changed.
 * A resolved member keeps what it had: its end is told to those only who were told of it.
 */
export function suppressMembers(group: GroupRecord, suppressionOf: SuppressionOf, nowMs: number): GroupRecord {
  const members: Record<string, Member> = {};
  const changed = new Map<SuppressionReason | 'audible', { readonly by: string; count: number }>();
  for (const [fingerprint, member] of Object.entries(group.members)) {
    const now = member.status === 'resolved' ? member.suppressed : suppressionOf(fingerprint, member.labels);
    const { suppressed: before, ...rest } = member;
    const audible = before && !now ? { audibleSinceMs: nowMs } : {};
    members[fingerprint] = now ? { ...rest, suppressed: now } : { ...rest, ...audible };
    if (now?.reason === before?.reason && now?.by === before?.by) continue;
    const kind = now?.reason ?? 'audible';
    const known = changed.get(kind);
    if (known) known.count += 1;
    else changed.set(kind, { by: now?.by ?? before?.by ?? '', count: 1 });
  }
  if (changed.size === 0) return group;
  const entries = [...changed].map(([kind, { by, count }]) => {
    const what = count === 1 ? 'an alert is' : `${count} alerts are`;
    const summary = kind === 'audible' ? `${what} no longer held back` : `${what} ${kind} by ${by}`;
    return { atMs: nowMs, kind, summary };
  });
  return withLog({ ...group, members }, ...entries);
}
