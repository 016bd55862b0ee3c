import { DEFAULT_LOOKBACK_MS, metricNameOf, neededSeries } from '../../core/promql/index.ts';
import type { Times } from '../../core/replay/schedule.ts';
import type { RuleGroup } from '../../core/rules/index.ts';
import { UserError } from '../../core/user-error.ts';

/** What of a store the rules look at. */
export interface Needed extends Times {
  /** Names of metrics, as stored: of a histogram without `_bucket`, `_sum` and `_count`. */
  readonly metrics: readonly string[];
}

/** @throws UserError for a rule that selects without naming a metric: it would need everything that is stored */
export function neededOf(groups: readonly RuleGroup[], { fromMs, toMs }: Times): Needed {
  const metrics = new Set<string>();
  const recorded = new Set(
    groups.flatMap(({ rules }) => rules.flatMap(({ kind, name }) => (kind === 'recording' ? [name] : []))),
  );
  let earliestMs = fromMs - DEFAULT_LOOKBACK_MS;
  for (const { rules } of groups) {
    for (const { query, name } of rules) {
      const needed = neededSeries(query, { startMs: fromMs, endMs: toMs, stepMs: 0, lookbackMs: DEFAULT_LOOKBACK_MS });
      for (const [{ matchers }, range] of needed) {
        const metric = metricNameOf(matchers);
        if (metric === undefined)
          throw new UserError(`rule ${name} has a selector without a metric's name: a store cannot be asked for it`);
        earliestMs = Math.min(earliestMs, range.fromMs);
        if (recorded.has(metric) || metric.startsWith('ALERTS')) continue;
        metrics.add(metric);
        metrics.add(metric.replace(/_(bucket|sum|count)$/, ''));
      }
    }
  }
  return { metrics: [...metrics].sort(), fromMs: earliestMs, toMs };
}
