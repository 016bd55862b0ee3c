import { formatDuration } from '../../../promql/durations.ts';
import { alertCheck } from '../check.ts';

/** The cloud's schedule. */
const CLOUD_MS = 60_000;

/** A `for` that is over before the rule is looked at again. */
export const forBelowInterval = alertCheck('for-below-interval', function* (rule, { group, places, plan }) {
  const own = group.intervalMs ?? 0;
  const intervalMs = plan.where === 'cloud' ? Math.max(own, CLOUD_MS) : own;
  if (rule.forMs === 0 || rule.forMs >= intervalMs) return;
  const interval = formatDuration(intervalMs);
  yield {
    severity: 'warning',
    place: places.field('for'),
    what: `for is ${formatDuration(rule.forMs)}, and the rule is evaluated every ${interval} only`,
    why: `whether the condition holds is not known in between: the alert fires after ${interval} at the earliest`,
    todo:
      plan.where === 'cloud' && own <= CLOUD_MS
        ? `write for: ${interval} or more; rules of the cloud are evaluated once a minute (${plan.why})`
        : `write for: ${interval} or more, or shorten the interval of group ${group.name}`,
  };
});
