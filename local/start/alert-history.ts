import type { GroupRecord } from '../../core/escalation/group.ts';
import type { InboxMessage } from '../inbox/inbox.ts';
import type { AlertTimeline, EscalationReport, GroupReport, NotificationRecord } from './report.ts';

/** Sender of the alerts that are evaluated in the cloud (lambdas/evaluate-rules). */
const CLOUD = 'cloud';

const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());

/** Alerts of all groups, with when each thing happened to them. Watchdog, which always fires, is no event. */
export function alertTimelines(groups: readonly GroupRecord[], received: readonly InboxMessage[]): AlertTimeline[] {
  return groups.flatMap((group) =>
    Object.values(group.members)
      .filter(({ labels }) => labels.alertname !== 'Watchdog')
      .map((member): AlertTimeline => {
        const { alertname = '', ...labels } = member.labels;
        const first = member.firedAtMs === undefined ? undefined : firstReceipt(group, member.firedAtMs, received);
        const pendingAt = iso(member.activeAtMs);
        const firingAt = iso(member.firedAtMs);
        const resolvedAt = iso(member.resolvedAtMs);
        return {
          name: alertname,
          labels,
          ...(pendingAt ? { pendingAt } : {}),
          ...(firingAt ? { firingAt } : {}),
          ...(resolvedAt ? { resolvedAt } : {}),
          evaluatedWhere: member.sender === CLOUD ? 'cloud' : 'edge',
          ...(first !== undefined && member.firedAtMs !== undefined
            ? { edgeToChannelMs: first - member.firedAtMs }
            : {}),
        };
      }),
  );
}

/** When a channel first received a page of this group after it fired. */
function firstReceipt(group: GroupRecord, firedAtMs: number, received: readonly InboxMessage[]): number | undefined {
  const name = group.groupLabels.alertname ?? '';
  return received.find(({ at, status, summary }) => at >= firedAtMs && status === 'trigger' && summary.includes(name))
    ?.at;
}

/** What was sent, by the groups' own logs. */
export function notificationRecords(groups: readonly GroupRecord[]): NotificationRecord[] {
  return groups
    .filter(({ groupLabels }) => groupLabels.alertname !== 'Watchdog')
    .flatMap(({ log }) => log)
    .filter((entry) => entry.channel !== undefined)
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ atMs, channel = '', level = 1, kind, status, summary }) => ({
      at: new Date(atMs).toISOString(),
      channel,
      level,
      status: status === 'delivered' ? kind : `${kind} ${status ?? ''}`.trim(),
      summary,
    }));
}

/** What each group held, told and held back; Watchdog is no incident. */
export function groupReports(groups: readonly GroupRecord[]): GroupReport[] {
  return groups
    .filter(({ groupLabels }) => groupLabels.alertname !== 'Watchdog')
    .map(({ receiver, groupLabels, members, log }): GroupReport => {
      const all = Object.values(members);
      const held = (reason: string): number => all.filter(({ heldBack }) => heldBack?.reason === reason).length;
      const sent = log.filter(({ channel, status }) => channel !== undefined && status === 'delivered');
      return {
        receiver,
        labels: groupLabels,
        alerts: all.length,
        inhibited: held('inhibited'),
        silenced: held('silenced'),
        muted: held('muted'),
        notifications: sent.length,
        pages: sent.filter(({ kind }) => kind === 'trigger' || kind === 'escalate').length,
      };
    });
}

/** How the group that escalated furthest stands; undefined when nothing did. */
export function escalationReport(
  groups: readonly GroupRecord[],
  statusOf: (executionArn: string) => string,
): EscalationReport | undefined {
  const escalated = groups.filter(
    ({ executionArn, groupLabels }) => executionArn && groupLabels.alertname !== 'Watchdog',
  );
  const [group] = [...escalated].sort((a, b) => levelsReached(b) - levelsReached(a));
  if (!group?.executionArn) return undefined;
  // A closed generation forgets its acknowledgement when the next opens; the log keeps it.
  const acknowledged = group.acknowledgement;
  const acknowledgedAt = iso(acknowledged?.atMs);
  const endedAt = iso(group.closedAtMs);
  return {
    executionArn: group.executionArn,
    levelsReached: levelsReached(group),
    ...(acknowledged && acknowledgedAt ? { acknowledgedAt, acknowledgedBy: acknowledged.by } : {}),
    ...(endedAt ? { endedAt } : {}),
    status: statusOf(group.executionArn),
  };
}

function levelsReached({ log }: GroupRecord): number {
  return Math.max(0, ...log.map(({ level = 0 }) => level));
}
