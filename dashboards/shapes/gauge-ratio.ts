import { aggregate, selector } from '../promql.ts';
import { describeMetric, type NamedQuery, type QueryOptions } from '../query.ts';
import { andColumns, BIN, fromPoints, groupBy } from '../sql.ts';

/** One gauge as a share of another over time; `complement` shows what is left of it: used memory from available. */
export function gaugeRatioOverTime(
  part: string,
  whole: string,
  { complement = false, by = [], where = {}, ...names }: QueryOptions & { readonly complement?: boolean },
): NamedQuery {
  describeMetric(part);
  describeMetric(whole);
  const mean = (metric: string) => `avg(CASE WHEN measure_name = '${metric}' THEN "value" END)`;
  const prefix = complement ? '1 - ' : '';
  return {
    ...names,
    by,
    metrics: [part, whole],
    form: 'series',
    timestream: (database) =>
      `SELECT ${BIN} AS time${andColumns(by)}, ${prefix}${mean(part)} / nullif(${mean(whole)}, 0.0) AS ratio
${fromPoints({ database, metrics: [part, whole], where })}${groupBy(1 + by.length)}
ORDER BY 1`,
    promql: `${prefix}${aggregate('avg', by, selector(part, where))} / ${aggregate('avg', by, selector(whole, where))}`,
  };
}
