import { type GroupRecord, groupStatus } from './group.ts';
import type { NotificationKind, PlannedNotification } from './notification.ts';
import { type EscalationPolicy, keepsIncidents } from './policy.ts';

/**
 * Everything that is to be said in the group's present condition, now or later, sent or not. What is due and not in the
 * ledger is sent; what is not planned any more is not sent, however often it failed before.
 */
export function planNotifications(group: GroupRecord, policy: EscalationPolicy, nowMs: number): PlannedNotification[] {
  if (group.phase === 'closing') return tellTheTold(group, 'resolved', 'resolved', group.closedAtMs ?? nowMs, true);
  const { acknowledgement, episode } = group;
  if (acknowledgement) {
    return tellTheTold(group, 'acknowledged', `ack${acknowledgement.atMs}`, acknowledgement.atMs, true);
  }
  if (!episode) return [];
  return [...ladder(group, policy, nowMs), ...update(group), ...unknown(group)];
}

/** The levels, and again every repeat. A repeat that was missed altogether is not made up for; a level always is. */
function ladder(group: GroupRecord, policy: EscalationPolicy, nowMs: number): PlannedNotification[] {
  const { episode } = group;
  if (!episode) return [];
  const lastMs = policy.levels.at(-1)?.afterMs ?? 0;
  const everyMs = Math.max(policy.repeatEveryMs ?? group.repeatIntervalMs, lastMs + group.groupIntervalMs);
  const current = Math.max(0, Math.floor((nowMs - episode.sinceMs) / everyMs));
  const rounds = [...new Set([0, current, current + 1])].filter((r) => r <= (policy.repeatTimes ?? r));
  return rounds.flatMap((round) => {
    let hasBelowFailed = false;
    return policy.levels.flatMap(({ afterMs, channels }, i) => {
      const level = i + 1;
      const regularMs = Math.max(episode.startedAtMs, episode.sinceMs + afterMs + round * everyMs);
      const dueMs = hasBelowFailed && round === 0 ? episode.startedAtMs : regularMs;
      const kind: NotificationKind = level === 1 ? 'trigger' : 'escalate';
      const planned = channels.map((channel): PlannedNotification => {
        const key = `e${episode.number}.r${round}.L${level}.${channel}`;
        return { key, kind, channel, level, episode: episode.number, round, dueMs };
      });
      // A level nobody of which can be reached does not hold up the next one.
      hasBelowFailed = planned.every(({ key }) => group.sent[key]?.status === 'gave-up');
      return planned;
    });
  });
}

function update(group: GroupRecord): PlannedNotification[] {
  if (!group.update) return [];
  const { number, newsAtMs, dueMs } = group.update;
  return tellTheTold(toldUntil(group, newsAtMs), 'trigger', `u${number}`, dueMs, false);
}

function unknown(group: GroupRecord): PlannedNotification[] {
  if (groupStatus(group) !== 'unknown') return [];
  const members = Object.values(group.members).filter(({ status }) => status === 'unknown');
  const sinceMs = Math.max(...members.map(({ changedAtMs }) => changedAtMs));
  return tellTheTold(toldUntil(group, sinceMs), 'unknown', `unknown${sinceMs}`, sinceMs, false);
}

/** Without what was sent later: whoever was told after the news has read them already. */
function toldUntil(group: GroupRecord, untilMs: number): GroupRecord {
  const sent = Object.entries(group.sent).filter(([, { atMs }]) => atMs <= untilMs);
  return { ...group, sent: Object.fromEntries(sent) };
}

/**
 * One notification for each channel that was told of the group, even if perhaps only: an attempt without an answer may
 * have arrived.
 * @param everyIncident whether a channel that keeps incidents hears it for each of them, or only for the latest
 */
function tellTheTold(
  group: GroupRecord,
  kind: NotificationKind,
  step: string,
  dueMs: number,
  everyIncident: boolean,
): PlannedNotification[] {
  const told = new Map<string, PlannedNotification>();
  const entries = Object.values(group.sent).sort((a, b) => a.level - b.level);
  for (const { channel, level, episode, kind: of, status } of entries) {
    if ((of !== 'trigger' && of !== 'escalate') || status === 'gave-up') continue;
    const incident = keepsIncidents(channel) && everyIncident ? `e${episode}.` : '';
    const key = `${incident}${step}.${channel}`;
    const latest = Math.max(episode, told.get(key)?.episode ?? 0);
    told.set(key, { key, kind, channel, level: told.get(key)?.level ?? level, episode: latest, round: 0, dueMs });
  }
  return [...told.values()];
}
