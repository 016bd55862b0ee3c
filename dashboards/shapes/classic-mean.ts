import { PROMETHEUS_MACROS } from '../macros.ts';
import { aggregate, selector } from '../promql.ts';
import { type NamedQuery, type QueryOptions, seriesLabels } from '../query.ts';
import { counterSteps, groupBy, identifier } from '../sql.ts';

/** The mean of a classic histogram within the range, the `top` groups with the largest, largest first. */
export function topMeansInRange(
  metric: string,
  { top, by = [], where = {}, ...names }: QueryOptions & { readonly top: number },
): NamedQuery {
  const [sum, count] = [`${metric}_sum`, `${metric}_count`];
  const grown = (counter: string) =>
    aggregate('sum', by, `increase(${selector(counter, where)}[${PROMETHEUS_MACROS.range}])`);
  const part = (counter: string) => `sum(CASE WHEN measure_name = '${counter}' THEN increase ELSE 0.0 END)`;
  return {
    ...names,
    by,
    metrics: [metric],
    form: 'instant',
    timestream: (database) =>
      `${counterSteps({ database, metrics: [sum, count], where }, seriesLabels(sum))}
SELECT ${[...by.map(identifier), `${part(sum)} / nullif(${part(count)}, 0.0) AS ${identifier(names.legend)}`].join(', ')}
FROM steps${groupBy(by.length)}
ORDER BY ${by.length + 1} DESC
LIMIT ${top}`,
    promql: `topk(${top}, ${grown(sum)} / ${grown(count)})`,
  };
}
