import { severityOf, severityRank, worstSeverity } from '../alerting/severity.ts';
import { audibleMembers, type GroupRecord } from './group.ts';

/**
 * Decides whether what fires now, and is not suppressed, is news: the first alert begins the first episode, a more
 * severe one another at once, a new one after an acknowledgement another after `group_interval`, and any other new one
 * an update to whoever was told.
 * An alert that comes back within the generation is no news.
 */
export function advanceEpisode(group: GroupRecord, nowMs: number): GroupRecord {
  const { episode, acknowledgement, groupIntervalMs } = group;
  const firing = audibleMembers(group);
  const news = firing.filter(([fingerprint]) => !group.told.includes(fingerprint));
  if (news.length === 0) return group;
  const told = [...group.told, ...news.map(([fingerprint]) => fingerprint)];
  const rank = severityRank(worstSeverity(news.map(([, { labels }]) => labels)));
  if (!episode) {
    // Of what was held back the climb begins when it no longer is, or all levels would be late and told at once.
    const audibleMs = Math.min(...news.map(([, { audibleSinceMs = 0 }]) => audibleSinceMs));
    const startedAtMs = Math.max(group.openedAtMs + group.groupWaitMs, audibleMs);
    return { ...group, told, episode: { number: 1, startedAtMs, sinceMs: startedAtMs, severityRank: rank } };
  }
  const isWorse = rank > episode.severityRank;
  const isGathering = nowMs < episode.startedAtMs && !acknowledgement;
  if (isGathering && (episode.number === 1 || !isWorse)) {
    return { ...group, told, episode: { ...episode, severityRank: Math.max(rank, episode.severityRank) } };
  }
  if (isWorse || acknowledgement) {
    const startedAtMs = isWorse ? nowMs : Math.max(nowMs, lastToldMs(group) + groupIntervalMs);
    const { acknowledgement: _ended, update: _past, ...unacknowledged } = group;
    const sinceMs = acknowledgement ? startedAtMs : Math.min(startedAtMs, episode.sinceMs);
    const severityRankNow = Math.max(...firing.map(([, { labels }]) => severityRank(severityOf(labels))));
    const next = { number: episode.number + 1, startedAtMs, sinceMs, severityRank: severityRankNow };
    return { ...unacknowledged, told, episode: next };
  }
  if (group.update && nowMs < group.update.dueMs)
    return { ...group, told, update: { ...group.update, newsAtMs: nowMs } };
  const dueMs = Math.max(nowMs, lastToldMs(group) + groupIntervalMs);
  return { ...group, told, update: { number: (group.update?.number ?? 0) + 1, newsAtMs: nowMs, dueMs } };
}

function lastToldMs({ sent }: GroupRecord): number {
  return Math.max(0, ...Object.values(sent).map(({ atMs }) => atMs));
}
