import type { ReportedAlert } from '../../core/alerting/report.ts';
import type { GroupState } from '../../core/rules/group.ts';
import type { RuleGroup } from '../../core/rules/model.ts';

/** The function runs every minute; a shorter interval of a group cannot be kept. */
const SCHEDULE_MS = 60_000;

/**
 * When to evaluate a group: now, or, if it names an interval longer than the schedule, at the last multiple of it, once.
 * Multiples make a slot the same whichever second the function is started at; a missed start is made up for by the next.
 * @returns undefined when the slot is done
 */
export function dueMs({ intervalMs }: RuleGroup, state: GroupState | undefined, nowMs: number): number | undefined {
  if (intervalMs === undefined || intervalMs <= SCHEDULE_MS) return nowMs;
  const slotMs = Math.floor(nowMs / intervalMs) * intervalMs;
  const lastMs = Math.max(0, ...Object.values(state ?? {}).map(({ history }) => history.at(-1)?.atMs ?? 0));
  return slotMs > lastMs ? slotMs : undefined;
}

/** The alerts of a group as they were left. */
export function alertsOf(state: GroupState): ReportedAlert[] {
  return Object.values(state)
    .flatMap(({ alerts }) => alerts)
    .map(({ phase, keepFiringSinceMs: _since, ...alert }) => ({ ...alert, state: phase }));
}
