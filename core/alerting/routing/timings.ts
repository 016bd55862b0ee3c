import { formatDuration } from '../../promql/durations.ts';
import type { Route } from './config.ts';

/** A setting of a route that cannot do what it says. */
export interface TimingProblem {
  /** The setting to change. */
  readonly field: string;
  /** Why it cannot work, what happens instead, and what to write. */
  readonly text: string;
}

/** Rules are evaluated once a second at the edge, and once a minute in the cloud. */
export const SHORTEST_EVALUATION_MS = 1000;

type Timed = Pick<
  Route,
  'groupWaitMs' | 'groupIntervalMs' | 'repeatIntervalMs' | 'muteTimeIntervals' | 'activeTimeIntervals'
>;

/**
 * Timings that Alertmanager takes without a word, and that do not do what they say. It looks at a group every
 * `group_interval` and at no other time, so everything else is rounded up to that.
 */
export function timingProblems(route: Timed, evaluationMs = SHORTEST_EVALUATION_MS): TimingProblem[] {
  const { groupWaitMs, groupIntervalMs, repeatIntervalMs, muteTimeIntervals, activeTimeIntervals } = route;
  const [wait, interval, repeat] = [groupWaitMs, groupIntervalMs, repeatIntervalMs].map(formatDuration);
  const problems: TimingProblem[] = [];
  const note = (field: string, text: string): void => {
    problems.push({ field, text });
  };
  const roundedMs = Math.ceil(repeatIntervalMs / groupIntervalMs) * groupIntervalMs;
  if (repeatIntervalMs < groupIntervalMs) {
    note(
      'repeat_interval',
      `repeat_interval ${repeat} is shorter than group_interval ${interval}: a group is looked at every ${interval} ` +
        `only, so it repeats every ${interval}; shorten group_interval, or write repeat_interval: ${interval}`,
    );
  } else if (roundedMs !== repeatIntervalMs) {
    note(
      'repeat_interval',
      `repeat_interval ${repeat} is no multiple of group_interval ${interval}: the repeat comes at the next look at the ` +
        `group, after ${formatDuration(roundedMs)}; write that, or another multiple of ${interval}`,
    );
  }
  if (groupWaitMs > groupIntervalMs) {
    note(
      'group_wait',
      `group_wait ${wait} is longer than group_interval ${interval}: the first message of a trouble would wait longer ` +
        'than any news of it; the two are probably exchanged',
    );
  }
  if (groupIntervalMs < evaluationMs) {
    note(
      'group_interval',
      `group_interval ${interval} is shorter than the time between two evaluations of a rule, ` +
        `${formatDuration(evaluationMs)}: there is no news in between; write at least that`,
    );
  }
  const never = activeTimeIntervals.filter((name) => muteTimeIntervals.includes(name));
  if (activeTimeIntervals.length > 0 && never.length === activeTimeIntervals.length) {
    note(
      'mute_time_intervals',
      `the route is mute whenever it is active (${never.join(', ')}): it never tells anybody`,
    );
  }
  return problems;
}
