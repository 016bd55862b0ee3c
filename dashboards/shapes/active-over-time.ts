import { aggregate, selector } from '../promql.ts';
import { describeMetric, type NamedQuery, type QueryOptions } from '../query.ts';
import { andColumns, BIN, fromPoints, groupBy } from '../sql.ts';

/** A series that has not been reported for this long is no longer active: three publish intervals. */
const ACTIVE_SECONDS = 30;

/**
 * How many series of a metric exist, over time, by group: alerts that are pending or firing. A sender reports all of
 * its series at once, so the number of its points divided by the number of its reports is how many it had.
 */
export function activeOverTime(metric: string, { by = [], where = {}, ...names }: QueryOptions): NamedQuery {
  describeMetric(metric);
  return {
    ...names,
    by,
    metrics: [metric],
    form: 'series',
    timestream: (database) =>
      `WITH reported AS (
SELECT ${BIN} AS time, coalesce("thing", '') AS sender${andColumns(by)}, count(*) * 1.0 / count(DISTINCT time) AS active
${fromPoints({ database, metrics: [metric], where })} AND "value" > 0${groupBy(2 + by.length)}
)
SELECT time${andColumns(by)}, sum(active) AS active
FROM reported${groupBy(1 + by.length)}
ORDER BY 1`,
    promql: aggregate('count', by, `last_over_time(${selector(metric, where)}[${ACTIVE_SECONDS}s]) > 0`),
  };
}
