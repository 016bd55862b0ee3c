import { PROMETHEUS_MACROS } from '../macros.ts';
import { aggregate, selector } from '../promql.ts';
import { type NamedQuery, type QueryOptions, seriesLabels } from '../query.ts';
import { andColumns, BIN, counterSteps, groupBy, identifier, literal } from '../sql.ts';

/** Share of a counter's growth that does *not* have a label's value, 0 to 1: CPU time that was not idle. */
export function shareWithoutOverTime(
  metric: string,
  { label, value, by = [], ...names }: Omit<QueryOptions, 'where'> & { readonly label: string; readonly value: string },
): NamedQuery {
  const rate = (where: Record<string, string>) =>
    aggregate('sum', by, `rate(${selector(metric, where)}[${PROMETHEUS_MACROS.rateInterval}])`);
  return {
    ...names,
    by,
    metrics: [metric],
    form: 'series',
    timestream: (database) =>
      `${counterSteps({ database, metrics: [metric] }, seriesLabels(metric))}
SELECT ${BIN} AS time${andColumns(by)},
  1 - sum(CASE WHEN ${identifier(label)} = ${literal(value)} THEN increase ELSE 0.0 END) / nullif(sum(increase), 0.0) AS share
FROM steps${groupBy(1 + by.length)}
ORDER BY 1`,
    promql: `1 - ${rate({ [label]: value })} / ${rate({})}`,
  };
}
