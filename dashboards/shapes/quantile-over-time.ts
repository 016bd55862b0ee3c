import { PROMETHEUS_MACROS } from '../macros.ts';
import { aggregate, selector } from '../promql.ts';
import { describeMetric, type NamedQuery, type QueryOptions } from '../query.ts';
import { andColumns, BIN, fromPoints, groupBy, identifier } from '../sql.ts';

export type Percentile = 50 | 95 | 99;

/**
 * A percentile of an exponential histogram over time. Each point carries its interval's percentiles, so a line of one
 * series is exact; a group of series shows its worst one, because percentiles cannot be averaged.
 */
export function quantileOverTime(
  metric: string,
  { percentile, by = [], where = {}, ...names }: QueryOptions & { readonly percentile: Percentile },
): NamedQuery {
  const { kind } = describeMetric(metric);
  if (kind !== 'histogram') throw new Error(`'${metric}' is a ${kind}: only histograms have percentiles`);
  const rate = `rate(${selector(metric, where)}[${PROMETHEUS_MACROS.rateInterval}])`;
  return {
    ...names,
    by,
    metrics: [metric],
    form: 'series',
    timestream: (database) =>
      `SELECT ${BIN} AS time${andColumns(by)}, max("p${percentile}") AS ${identifier(`p${percentile}`)}
${fromPoints({ database, metrics: [metric], where })}
  AND "p${percentile}" IS NOT NULL${groupBy(1 + by.length)}
ORDER BY 1`,
    promql: aggregate('max', by, `histogram_quantile(${percentile / 100}, ${rate})`),
  };
}
