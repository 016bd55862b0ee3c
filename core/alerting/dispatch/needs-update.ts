import type { NotifiedEntry } from './state.ts';

/** Why an integration is told. A closed list; all but the last are the words of Alertmanager's newer logs. */
export const NOTIFY_REASONS = [
  'first notification',
  'new alerts in group',
  'all alerts resolved',
  'new resolved alerts',
  'repeat interval elapsed',
  'maintenance window closed',
] as const;
export type NotifyReason = (typeof NOTIFY_REASONS)[number];

/** What the group holds now; fingerprints. */
export interface GroupContent {
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
}

/**
 * Whether an integration has to be told, given what it was told last. Alertmanager's deduplication:
 * nobody is told of a trouble that began and ended unseen, and the end of everything is noted even where
 * `send_resolved` is false, or the next beginning would be taken for known.
 */
export function needsUpdate(
  entry: NotifiedEntry | undefined,
  { firing, resolved }: GroupContent,
  sendResolved: boolean,
  repeatIntervalMs: number,
  nowMs: number,
): NotifyReason | undefined {
  if (!entry) return firing.length > 0 ? 'first notification' : undefined;
  if (!isSubset(firing, entry.firing)) {
    return entry.firing.length === 0 ? 'first notification' : 'new alerts in group';
  }
  if (firing.length === 0) return entry.firing.length > 0 ? 'all alerts resolved' : undefined;
  if (sendResolved && !isSubset(resolved, entry.resolved)) return 'new resolved alerts';
  return nowMs - entry.atMs >= repeatIntervalMs ? 'repeat interval elapsed' : undefined;
}

function isSubset(part: readonly string[], whole: readonly string[]): boolean {
  const known = new Set(whole);
  return part.every((one) => known.has(one));
}
