import type { ReportedAlert } from '../../core/alerting/report.ts';
import type { GroupState } from '../../core/rules/group.ts';
import { type RuleGroup, ruleKey } from '../../core/rules/model.ts';
import { watermarkOf } from '../../core/rules/watermark.ts';

/** The function runs every minute; a shorter interval of a group cannot be kept. */
const SCHEDULE_MS = 60_000;

/**
 * When to evaluate a group: now, or, if it names an interval longer than the schedule, at the last multiple of it, once.
 * Multiples make a slot the same whichever second the function is started at; a missed start is made up for by the next.
 * @returns undefined when the slot is done
 */
export function dueMs(group: RuleGroup, state: GroupState | undefined, nowMs: number): number | undefined {
  const { intervalMs } = group;
  if (intervalMs === undefined || intervalMs <= SCHEDULE_MS) return nowMs;
  const slotMs = Math.floor(nowMs / intervalMs) * intervalMs;
  const evaluated = group.rules.map((rule) => {
    const atMs = state?.[ruleKey(group, rule)]?.history.at(-1)?.atMs;
    return atMs === undefined ? 0 : atMs + watermarkOf(group, rule);
  });
  const lastMs = Math.max(0, ...evaluated);
  return slotMs > lastMs ? slotMs : undefined;
}

/** The alerts of a group as they were left. */
export function alertsOf(state: GroupState): ReportedAlert[] {
  return Object.values(state)
    .flatMap(({ alerts }) => alerts)
    .map(({ phase, keepFiringSinceMs: _since, ...alert }) => ({ ...alert, state: phase }));
}

/** The times at which the rules of groups look that are evaluated at `atMs`: one for each watermark, in order. */
export function eventTimes(groups: readonly { readonly group: RuleGroup; readonly atMs: number }[]): number[] {
  const times = groups.flatMap(({ group, atMs }) => group.rules.map((rule) => atMs - watermarkOf(group, rule)));
  return [...new Set(times)].sort((a, b) => a - b);
}
