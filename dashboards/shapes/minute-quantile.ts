import { MINUTE_SUFFIX, MINUTE_TABLE, PROMETHEUS_MACROS } from '../macros.ts';
import { aggregate, selector } from '../promql.ts';
import { describeMetric, type NamedQuery, type QueryOptions } from '../query.ts';
import { andColumns, BIN, fromPoints, groupBy, identifier } from '../sql.ts';
import type { Percentile } from './quantile-over-time.ts';

/** A percentile from one-minute roll-ups: that of the worst minute and series, since percentiles cannot be averaged. */
export function minuteQuantile(
  metric: string,
  { percentile, by = [], where = {}, ...names }: QueryOptions & { readonly percentile: Percentile },
): NamedQuery {
  const { kind } = describeMetric(metric);
  if (kind === 'counter') throw new Error(`'${metric}' is a counter: it has no percentiles`);
  const minute = `histogram_quantile(${percentile / 100}, ${selector(metric + MINUTE_SUFFIX, where)})`;
  return {
    ...names,
    by,
    metrics: [metric],
    form: 'series',
    timestream: (database) =>
      `SELECT ${BIN} AS time${andColumns(by)}, max("p${percentile}") AS ${identifier(`p${percentile}`)}
${fromPoints({ database, table: MINUTE_TABLE, metrics: [metric], where })}${groupBy(1 + by.length)}
ORDER BY 1`,
    promql: aggregate('max', by, `max_over_time(${minute}[${PROMETHEUS_MACROS.interval}:1m])`),
  };
}
