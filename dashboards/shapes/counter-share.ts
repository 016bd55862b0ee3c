import { PROMETHEUS_MACROS } from '../macros.ts';
import { aggregate, selector } from '../promql.ts';
import { type NamedQuery, type QueryOptions, seriesLabels } from '../query.ts';
import { andColumns, BIN, counterSteps, groupBy } from '../sql.ts';

/** Share of `part` in the growth of two counters, 0 to 1, over time: hits among hits and misses. */
export function counterShareOverTime(
  part: string,
  other: string,
  { by = [], where = {}, ...names }: QueryOptions,
): NamedQuery {
  const rate = (metric: string) =>
    aggregate('sum', by, `rate(${selector(metric, where)}[${PROMETHEUS_MACROS.rateInterval}])`);
  return {
    ...names,
    by,
    metrics: [part, other],
    form: 'series',
    timestream: (database) =>
      `${counterSteps({ database, metrics: [part, other], where }, seriesLabels(part))}
SELECT ${BIN} AS time${andColumns(by)},
  sum(CASE WHEN measure_name = '${part}' THEN increase ELSE 0.0 END) / nullif(sum(increase), 0.0) AS share
FROM steps${groupBy(1 + by.length)}
ORDER BY 1`,
    promql: `${rate(part)} / (${rate(part)} + ${rate(other)})`,
  };
}
