import { MINUTE_SUFFIX, MINUTE_TABLE, PROMETHEUS_MACROS } from '../macros.ts';
import { aggregate, selector } from '../promql.ts';
import { describeMetric, type NamedQuery, type QueryOptions } from '../query.ts';
import { andColumns, BIN, fromPoints, groupBy } from '../sql.ts';

/**
 * The mean of a gauge or a histogram from its one-minute roll-ups, which are kept for longer than points. Each roll-up
 * has the sum and the number of what was observed, so the mean over any time and any group is exact.
 */
export function minuteMean(metric: string, { by = [], where = {}, ...names }: QueryOptions): NamedQuery {
  const { kind } = describeMetric(metric);
  if (kind === 'counter') throw new Error(`'${metric}' is a counter: it has no roll-ups, its points say it all`);
  const minutes = `sum_over_time(${selector(metric + MINUTE_SUFFIX, where)}[${PROMETHEUS_MACROS.interval}])`;
  const observed = aggregate('sum', by, minutes);
  return {
    ...names,
    by,
    metrics: [metric],
    form: 'series',
    timestream: (database) =>
      `SELECT ${BIN} AS time${andColumns(by)}, sum("sum") / nullif(sum("count"), 0.0) AS mean
${fromPoints({ database, table: MINUTE_TABLE, metrics: [metric], where })}${groupBy(1 + by.length)}
ORDER BY 1`,
    promql: `histogram_sum(${observed}) / histogram_count(${observed})`,
  };
}
