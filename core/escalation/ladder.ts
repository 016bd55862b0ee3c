import type { GroupRecord } from './group.ts';
import { isUnreachable } from './ledger.ts';
import type { PlannedNotification } from './notification.ts';
import { addressOf, type EscalationPolicy, type Level, type LevelTargets, type Target } from './policy.ts';

/** Whom a level tells at a time. */
export type TargetsOf = (level: Level, atMs: number) => LevelTargets;

export interface Ladder {
  readonly planned: readonly PlannedNotification[];
  /** Levels of the first round by whose schedules nobody is on call when they are due. */
  readonly absent: readonly { readonly level: number; readonly schedule: string; readonly dueMs: number }[];
}

/**
 * The levels of the present climb, and again every repeat. A repeat that was missed altogether is not made up for; a
 * level always is. Whoever is on call when a level is due is told, also when the decision comes late.
 */
export function ladder(group: GroupRecord, policy: EscalationPolicy, targetsOf: TargetsOf, nowMs: number): Ladder {
  const { episode } = group;
  if (!episode) return { planned: [], absent: [] };
  const { number, sinceMs } = episode;
  // While healing is under way nobody is told; the time it took is not taken from the levels.
  const startedAtMs = Math.max(episode.startedAtMs, group.heldUntilMs ?? 0);
  const absent: Ladder['absent'][number][] = [];
  const planned = roundsOf(group, policy, sinceMs, nowMs).flatMap((round) => {
    let hasBelowFailed = false;
    return policy.levels.flatMap((rung, i) => {
      const level = i + 1;
      const everyMs = repeatMs(group, policy);
      const regularMs = Math.max(startedAtMs, sinceMs + rung.afterMs + round * everyMs);
      // A level nobody of which can be reached does not hold up the next one.
      const dueMs = hasBelowFailed && round === 0 ? startedAtMs : regularMs;
      const { targets, nobody } = targetsOf(rung, dueMs);
      if (round === 0) absent.push(...nobody.map((schedule) => ({ level, schedule, dueMs })));
      const kind = level === 1 ? 'trigger' : 'escalate';
      const planOf = (target: Address): PlannedNotification => {
        const key = `e${number}.r${round}.L${level}.${addressOf(target)}`;
        return { key, kind, ...target, level, episode: number, round, dueMs };
      };
      const isDead = ({ key }: PlannedNotification): boolean => isUnreachable(group.sent[key]?.status);
      const chains = targets.map((target) => untilOneWorks(addressesOf(target).map(planOf), isDead));
      hasBelowFailed = chains.every((chain) => chain.every(isDead));
      return chains.flat();
    });
  });
  return { planned: planned.filter((one) => !isToldAnyway(one, planned, group)), absent };
}

/** A repeat that was due before its level was told at all: after a silence, nobody is told twice at once. */
function isToldAnyway(one: PlannedNotification, all: readonly PlannedNotification[], { sent }: GroupRecord): boolean {
  if (one.round === 0) return false;
  const firstKey = one.key.replace(`.r${one.round}.`, '.r0.');
  const first = all.find(({ key }) => key === firstKey);
  return first !== undefined && (sent[firstKey]?.atMs ?? Number.POSITIVE_INFINITY) >= one.dueMs;
}

type Address = Pick<Target, 'channel' | 'person'>;

/** The ways to a target, the preferred one first. */
function addressesOf({ otherwise = [], ...first }: Target): Address[] {
  return [first, ...otherwise.map((channel) => ({ ...first, channel }))];
}

/** Those that do not work, and the first that does or may. */
function untilOneWorks<T>(ways: readonly T[], isDead: (way: T) => boolean): readonly T[] {
  const works = ways.findIndex((way) => !isDead(way));
  return works === -1 ? ways : ways.slice(0, works + 1);
}

function repeatMs(group: GroupRecord, policy: EscalationPolicy): number {
  const lastMs = policy.levels.at(-1)?.afterMs ?? 0;
  return Math.max(policy.repeatEveryMs ?? group.repeatIntervalMs, lastMs + group.groupIntervalMs);
}

/** The first round, the present one and the next: none but these can have anything to send. */
function roundsOf(group: GroupRecord, policy: EscalationPolicy, sinceMs: number, nowMs: number): number[] {
  const current = Math.max(0, Math.floor((nowMs - sinceMs) / repeatMs(group, policy)));
  const most = isHandedOver(group, policy) ? 0 : policy.repeatTimes;
  return [...new Set([0, current, current + 1])].filter((round) => round <= (most ?? round));
}

/** A service with an escalation of its own has the page. */
function isHandedOver({ sent, episode }: GroupRecord, { levels }: EscalationPolicy): boolean {
  return Object.values(sent).some(
    (entry) =>
      entry.status === 'delivered' && entry.episode === episode?.number && levels[entry.level - 1]?.handOver === true,
  );
}
