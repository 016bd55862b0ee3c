import type { AlertEvent } from '../alerting/sender.ts';
import {
  type GroupRecord,
  type GroupSettings,
  type Member,
  type MemberEvents,
  openGeneration,
  withLog,
} from './group.ts';

/**
 * Takes what happened to alerts of a group. Doing it again, or doing it late, changes nothing: each member knows the
 * version of its sender's state it is from.
 * @param settings undefined when no route leads to the group any more; then it can only go on with what it has
 * @returns the same record when nothing changed; undefined when there is none and none is needed
 */
export function applyEvents(
  before: GroupRecord | undefined,
  settings: GroupSettings | undefined,
  { sender, senderVersion, events }: MemberEvents,
  nowMs: number,
): GroupRecord | undefined {
  let group = before;
  for (const event of events) {
    if (!isNews(group, event, senderVersion)) continue;
    if (!group || group.phase === 'closed') {
      const known = settings ?? group;
      if (!known) continue;
      group = openGeneration(known, group, nowMs);
    }
    group = withMember(group, event, { sender, senderVersion });
  }
  return group;
}

function isNews(group: GroupRecord | undefined, event: AlertEvent, senderVersion: number): boolean {
  const known = group?.members[event.fingerprint];
  if (event.kind === 'resolved' && (!known || known.status === 'resolved' || group?.phase === 'closed')) return false;
  if (!known) return true;
  if (senderVersion < known.senderVersion) return false;
  if (event.kind === 'unknown' || event.kind === 'resolved') return event.kind !== known.status;
  return known.status !== 'firing' || event.alert.firedAtMs !== known.firedAtMs;
}

function withMember(
  group: GroupRecord,
  { kind, fingerprint, alert }: AlertEvent,
  from: Pick<Member, 'sender' | 'senderVersion'>,
): GroupRecord {
  const { labels, annotations, value, activeAtMs, firedAtMs, resolvedAtMs, changedAtMs } = alert;
  const { suppressed, heldBack, audibleSinceMs } = group.members[fingerprint] ?? {};
  const member: Member = {
    labels,
    annotations,
    value,
    activeAtMs,
    changedAtMs,
    ...(firedAtMs === undefined ? {} : { firedAtMs }),
    ...(resolvedAtMs === undefined ? {} : { resolvedAtMs }),
    status: kind === 'updated' ? 'firing' : kind,
    ...(suppressed ? { suppressed } : {}),
    ...(heldBack ? { heldBack } : {}),
    ...(audibleSinceMs === undefined ? {} : { audibleSinceMs }),
    ...from,
  };
  const changed: GroupRecord = {
    ...group,
    revision: group.revision + 1,
    arrived: [...new Set([...(group.arrived ?? []), fingerprint])],
    members: { ...group.members, [fingerprint]: member },
  };
  return withLog(changed, { atMs: changedAtMs, kind, summary: `${labels.alertname ?? ''} of ${from.sender}` });
}
