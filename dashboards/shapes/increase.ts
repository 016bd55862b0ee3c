import { PROMETHEUS_MACROS } from '../macros.ts';
import { aggregate, selector } from '../promql.ts';
import { type NamedQuery, type QueryOptions, seriesLabels } from '../query.ts';
import { counterSteps, groupBy, identifier } from '../sql.ts';

/** By how much a counter grew within the range, one row a group. */
export function increaseInRange(metric: string, { by = [], where = {}, ...names }: QueryOptions): NamedQuery {
  return {
    ...names,
    by,
    metrics: [metric],
    form: 'instant',
    timestream: (database) =>
      `${counterSteps({ database, metrics: [metric], where }, seriesLabels(metric))}
SELECT ${[...by.map(identifier), `sum(increase) AS ${identifier(names.legend)}`].join(', ')}
FROM steps${groupBy(by.length)}`,
    promql: aggregate('sum', by, `increase(${selector(metric, where)}[${PROMETHEUS_MACROS.range}])`),
  };
}
