import { PROMETHEUS_MACROS } from '../macros.ts';
import { aggregate, selector } from '../promql.ts';
import { type NamedQuery, type QueryOptions, seriesLabels } from '../query.ts';
import { andColumns, BIN, counterSteps, groupBy, identifier } from '../sql.ts';

/**
 * A percentile of a *classic* histogram (what a scraped application exposes: counters `_bucket` with an upper bound
 * `le`) over time, over all series of a group together. Linear within a bucket, as Prometheus' `histogram_quantile`
 * does it; a percentile in the last bucket, which has no upper bound, is that bucket's lower bound.
 */
export function classicQuantileOverTime(
  metric: string,
  { percentile, by = [], where = {}, ...names }: QueryOptions & { readonly percentile: number },
): NamedQuery {
  const bucket = `${metric}_bucket`;
  const share = percentile / 100;
  const group = `PARTITION BY time${andColumns(by)}`;
  return {
    ...names,
    by,
    metrics: [metric],
    form: 'series',
    timestream: (database) =>
      `${counterSteps({ database, metrics: [bucket], where }, seriesLabels(bucket))}, buckets AS (
SELECT ${BIN} AS time${andColumns(by)}, CAST(nullif("le", '+Inf') AS DOUBLE) AS upper, sum(increase) AS cumulative
FROM steps${groupBy(2 + by.length)}
), ranked AS (
SELECT time${andColumns(by)}, upper, cumulative,
  coalesce(lag(upper) OVER (${group} ORDER BY upper NULLS LAST), 0.0) AS lower,
  coalesce(lag(cumulative) OVER (${group} ORDER BY upper NULLS LAST), 0.0) AS below,
  ${share} * max(cumulative) OVER (${group}) AS rank
FROM buckets
)
SELECT time${andColumns(by)},
  min(CASE WHEN upper IS NULL THEN lower
    ELSE lower + (upper - lower) * (rank - below) / (cumulative - below) END) AS ${identifier(`p${percentile}`)}
FROM ranked
WHERE below < rank AND rank <= cumulative${groupBy(1 + by.length)}
ORDER BY 1`,
    promql: `histogram_quantile(${share}, ${aggregate(
      'sum',
      [...by, 'le'],
      `rate(${selector(bucket, where)}[${PROMETHEUS_MACROS.rateInterval}])`,
    )})`,
  };
}
