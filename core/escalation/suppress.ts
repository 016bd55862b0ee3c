import type { Suppression, SuppressionReason } from '../alerting/suppression.ts';
import type { Labels } from '../metrics/model.ts';
import { type GroupRecord, type Member, withLog } from './group.ts';

/** What speaks against telling people of each alert of a group: its own inhibition or silence, or the route's times. */
export function suppressMembers(
  group: GroupRecord,
  suppressionOf: (labels: Labels) => Suppression | undefined,
  muted: Suppression | undefined,
  nowMs: number,
): GroupRecord {
  return noteSuppressed(
    group,
    (_fingerprint, { labels, status, suppressed }) => {
      // Its end is told to those who were told of it, and to nobody else.
      if (status === 'resolved') return suppressed;
      const own = suppressionOf(labels);
      return own?.reason === 'inhibited' ? own : (muted ?? own);
    },
    nowMs,
  );
}

/** Notes at each member what holds it back, and in the log when that changed. */
export function noteSuppressed(
  group: GroupRecord,
  suppressionOf: (fingerprint: string, member: Member) => Suppression | undefined,
  nowMs: number,
): GroupRecord {
  const members: Record<string, Member> = {};
  const changed = new Map<SuppressionReason | 'audible', { readonly by: string; count: number }>();
  for (const [fingerprint, member] of Object.entries(group.members)) {
    const now = suppressionOf(fingerprint, member);
    const { suppressed: before, ...rest } = member;
    const audible = before && !now ? { audibleSinceMs: nowMs + patienceMs(before.reason, group) } : {};
    members[fingerprint] = now ? { ...rest, suppressed: now, heldBack: now } : { ...rest, ...audible };
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

/** What another alert explained ends a moment after that one: its end is waited for as company was at the beginning. */
function patienceMs(reason: SuppressionReason, { groupWaitMs }: GroupRecord): number {
  return reason === 'inhibited' ? groupWaitMs : 0;
}
