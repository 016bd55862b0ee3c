import { aggregate, selector } from '../promql.ts';
import { describeMetric, type NamedQuery, type QueryOptions } from '../query.ts';
import { andColumns, BIN, fromPoints, groupBy, identifier } from '../sql.ts';

/**
 * A gauge over time, one line a group. `across` says what stands for a group of several series, and for several points
 * within one interval of the screen; none of the three depends on how many points that are.
 */
export function gaugeOverTime(
  metric: string,
  { across = 'avg', by = [], where = {}, ...names }: QueryOptions & { readonly across?: 'avg' | 'min' | 'max' },
): NamedQuery {
  describeMetric(metric);
  return {
    ...names,
    by,
    metrics: [metric],
    form: 'series',
    timestream: (database) =>
      `SELECT ${BIN} AS time${andColumns(by)}, ${across}("value") AS ${identifier(metric)}
${fromPoints({ database, metrics: [metric], where })}${groupBy(1 + by.length)}
ORDER BY 1`,
    promql: aggregate(across, by, selector(metric, where)),
  };
}
