import type { Suppression } from '../suppression.ts';
import { containsTime } from './contains.ts';
import type { TimeIntervals } from './time-interval.ts';

/** What a route says of times; names of time intervals. */
export interface TimedRoute {
  readonly activeTimeIntervals: readonly string[];
  readonly muteTimeIntervals: readonly string[];
}

/**
 * Whether a route keeps quiet now: outside all of its active intervals, if it has some, or inside one of its mute ones.
 * The whole group is dropped, resolved alerts too.
 */
export function mutedBy(route: TimedRoute, intervals: TimeIntervals, nowMs: number): Suppression | undefined {
  const contains = (name: string): boolean => (intervals[name] ?? []).some((one) => containsTime(one, nowMs));
  const { activeTimeIntervals: active, muteTimeIntervals: mute } = route;
  if (active.length > 0 && !active.some(contains)) return { reason: 'muted', by: active.join(', ') };
  const by = mute.find(contains);
  return by === undefined ? undefined : { reason: 'muted', by };
}
