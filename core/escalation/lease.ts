import { type Acknowledgement, type GroupRecord, withLog } from './group.ts';
import type { EscalationPolicy } from './policy.ts';

/** Whoever has acknowledged is reminded this long before it expires, or a fifth of a short lease. */
const REMINDER_MS = 5 * 60_000;

/** When an acknowledgement expires unless progress is recorded; `Infinity` without a lease. */
export function leaseEndMs({ atMs, progressAtMs }: Acknowledgement, { acknowledgeLeaseMs }: EscalationPolicy): number {
  return acknowledgeLeaseMs === undefined ? Number.POSITIVE_INFINITY : (progressAtMs ?? atMs) + acknowledgeLeaseMs;
}

/** When its reminder is due. */
export function reminderMs(acknowledgement: Acknowledgement, policy: EscalationPolicy): number {
  const { acknowledgeLeaseMs = 0 } = policy;
  return leaseEndMs(acknowledgement, policy) - Math.min(REMINDER_MS, acknowledgeLeaseMs / 5);
}

/**
 * Takes back an acknowledgement whose lease has lapsed: whoever took it may have fallen asleep. The ladder begins anew,
 * as another episode, so that an incident that was acknowledged elsewhere does not swallow it.
 */
export function lapseAcknowledgement(group: GroupRecord, policy: EscalationPolicy, nowMs: number): GroupRecord {
  const { acknowledgement, episode, update: _past, ...rest } = group;
  if (!acknowledgement || !episode || leaseEndMs(acknowledgement, policy) > nowMs) return group;
  const next = { ...episode, number: episode.number + 1, startedAtMs: nowMs, sinceMs: nowMs };
  const summary = `the acknowledgement of ${acknowledgement.by} has expired without progress: the escalation goes on`;
  return withLog({ ...rest, episode: next }, { atMs: nowMs, kind: 'lapsed', summary });
}
