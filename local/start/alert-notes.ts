import type { Suppression } from '../../core/alerting/suppression.ts';
import type { GroupRecord } from '../../core/escalation/group.ts';
import { leaseEndMs } from '../../core/escalation/lease.ts';
import type { EscalationPolicy } from '../../core/escalation/policy.ts';
import { formatTarget } from '../../core/healing/action.ts';
import type { GroupHealing } from '../../core/healing/record.ts';
import type { Labels } from '../../core/metrics/model.ts';
import type { AlertNote } from '../web/ports.ts';
import type { CloudAlerts } from './groups.ts';

/**
 * What the groups of an alert say of it: what holds it back, what went wrong with telling people, who has it, and what
 * healing does. Made once for all alerts of a look.
 * @returns notes by fingerprint, none twice
 */
export function notesByAlert(
  { groups, senders, silences }: Omit<CloudAlerts, 'healing'>,
  policyOf: (receiver: string) => EscalationPolicy,
): (fingerprint: string) => readonly AlertNote[] {
  const labels = new Map(
    senders.flatMap(({ alerts }) => Object.entries(alerts).map(([key, alert]) => [key, alert.labels] as const)),
  );
  const groupsOf = new Map<string, GroupRecord[]>();
  for (const group of groups) {
    for (const [fingerprint, member] of Object.entries(group.members)) {
      labels.set(fingerprint, member.labels);
      groupsOf.set(fingerprint, [...(groupsOf.get(fingerprint) ?? []), group]);
    }
  }
  const comments = new Map(silences.map((silence) => [silence.id, silence]));

  function suppression({ reason, by }: Suppression, isOver: boolean): AlertNote {
    const over = isOver ? ({ isOver } as const) : {};
    if (reason === 'inhibited') return { kind: reason, text: `by ${nameOf(labels.get(by)) ?? `alert ${by}`}`, ...over };
    if (reason === 'muted') return { kind: reason, text: `by the time interval ${by}`, ...over };
    const silence = comments.get(by);
    if (!silence) return { kind: reason, text: `by ${by}`, ...over };
    const { kind, id, comment, createdBy, endsAtMs } = silence;
    const what = kind === 'maintenance' ? 'maintenance window' : 'silence';
    const text = `by ${what} ${id.slice(0, 8)} of ${createdBy}: ${comment}`;
    return { kind: reason, text, ...(isOver ? over : { untilMs: endsAtMs }) };
  }

  function notesIn(group: GroupRecord, fingerprint: string): AlertNote[] {
    const { suppressed, heldBack, status } = group.members[fingerprint]!;
    const held = suppressed ?? heldBack;
    const healing = group.healing?.[fingerprint];
    const isOpen = group.phase === 'open' && status !== 'resolved';
    return [
      ...(isOpen ? problems(group) : []),
      ...(held ? [suppression(held, suppressed === undefined || status === 'resolved')] : []),
      ...(group.acknowledgement && isOpen ? [acknowledged(group, policyOf(group.receiver))] : []),
      ...(healing ? [healed(healing, status !== 'resolved')] : []),
    ];
  }

  return (fingerprint) => {
    const notes = (groupsOf.get(fingerprint) ?? []).flatMap((group) => notesIn(group, fingerprint));
    return [...new Map(notes.map((note) => [`${note.kind} ${note.text}`, note])).values()];
  };
}

/** Of the present climb: what an earlier one suffered from is history. */
function problems({ log, generation, episode, problems: keys = [] }: GroupRecord): AlertNote[] {
  if (!keys.some((key) => key.startsWith(`e${episode?.number}.`))) return [];
  const fromMs = episode?.startedAtMs ?? 0;
  return log
    .filter((entry) => entry.generation === generation && entry.atMs >= fromMs)
    .filter(({ kind }) => kind === 'nobody' || kind === 'unheard')
    .map(({ summary, atMs }) => ({ kind: 'problem', text: summary, atMs }));
}

function acknowledged({ acknowledgement, log, generation }: GroupRecord, policy: EscalationPolicy): AlertNote {
  const { by = '', atMs = 0, progressAtMs } = acknowledgement ?? {};
  const leaseMs = leaseEndMs({ by, atMs, ...(progressAtMs === undefined ? {} : { progressAtMs }) }, policy);
  const progress = log.findLast((entry) => entry.kind === 'progress' && entry.generation === generation);
  const text = progress && progressAtMs !== undefined ? progress.summary : `by ${by}`;
  const lease = Number.isFinite(leaseMs) ? { untilMs: leaseMs } : {};
  return { kind: 'acknowledged', text, atMs: progressAtMs ?? atMs, ...lease };
}

function healed({ action, target, phase, summary, holdUntilMs }: GroupHealing, isActive: boolean): AlertNote {
  const text = summary || `${action} of ${formatTarget(target)} is being looked at`;
  const waits = isActive && (phase === 'offered' || phase === 'under-way');
  return {
    kind: 'healing',
    text: text.replace(/^Healing \((.*?)\): /, '$1: '),
    ...(waits ? { untilMs: holdUntilMs } : {}),
  };
}

/** `DeviceSilent of lab-1/headset-1`. */
function nameOf(labels: Labels | undefined): string | undefined {
  if (!labels) return undefined;
  const { alertname = 'an alert', thing, device_id: device } = labels;
  const where = [thing, device].filter(Boolean).join('/');
  return where ? `${alertname} of ${where}` : alertname;
}
