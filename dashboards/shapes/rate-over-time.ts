import { PROMETHEUS_MACROS } from '../macros.ts';
import { aggregate, selector } from '../promql.ts';
import { type NamedQuery, type QueryOptions, seriesLabels } from '../query.ts';
import { andColumns, BIN, counterSteps, groupBy } from '../sql.ts';

/** How fast a counter grows, per second, summed over the series of a group. */
export function rateOverTime(metric: string, { by = [], where = {}, ...names }: QueryOptions): NamedQuery {
  const labels = seriesLabels(metric);
  return {
    ...names,
    by,
    metrics: [metric],
    form: 'series',
    // First a rate for each series, from its own steps: intervals only partly covered then need no correction.
    timestream: (database) =>
      `${counterSteps({ database, metrics: [metric], where }, labels)}, rates AS (
SELECT ${BIN} AS time${andColumns(labels)}, sum(increase) * 1000.0 / sum(elapsed_ms) AS per_second
FROM steps${groupBy(1 + labels.length)}
)
SELECT time${andColumns(by)}, sum(per_second) AS per_second
FROM rates${groupBy(1 + by.length)}
ORDER BY 1`,
    promql: aggregate('sum', by, `rate(${selector(metric, where)}[${PROMETHEUS_MACROS.rateInterval}])`),
  };
}
