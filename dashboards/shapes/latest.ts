import { TIMESTREAM_MACROS } from '../macros.ts';
import { aggregate, selector } from '../promql.ts';
import { type NamedQuery, type QueryOptions, seriesLabels } from '../query.ts';
import { andColumns, fromPoints, groupBy, identifier } from '../sql.ts';

export interface LatestOptions extends QueryOptions {
  readonly across?: 'sum' | 'avg' | 'min' | 'max';
  /** A series silent for longer than this, seconds, is not counted. */
  readonly withinSeconds?: number;
  /** Leaves out series whose newest value is 0: alerts that are over. */
  readonly onlyActive?: boolean;
}

/** The newest value of each series, put together by group: how many devices are connected, what each one delivers. */
export function latest(
  metric: string,
  { across = 'sum', withinSeconds = 120, onlyActive = false, by = [], where = {}, ...names }: LatestOptions,
): NamedQuery {
  const labels = seriesLabels(metric);
  const time = `time BETWEEN from_milliseconds(${TIMESTREAM_MACROS.timeTo}) - ${withinSeconds}s AND from_milliseconds(${TIMESTREAM_MACROS.timeTo})`;
  const newest = aggregate(
    across,
    by,
    `last_over_time(${selector(metric, where)}[${withinSeconds}s])${onlyActive ? ' > 0' : ''}`,
  );
  return {
    ...names,
    by,
    metrics: [metric],
    form: 'instant',
    timestream: (database) =>
      `WITH latest AS (
SELECT max_by("value", time) AS newest${andColumns(labels)}
${fromPoints({ database, metrics: [metric], where, time })}
GROUP BY ${labels.map(identifier).join(', ')}
)
SELECT ${[...by.map(identifier), `${across}(newest) AS ${identifier(names.legend)}`].join(', ')}
FROM latest${onlyActive ? ' WHERE newest > 0' : ''}${groupBy(by.length)}${by.length > 0 ? `\nORDER BY ${by.map((_, i) => i + 1).join(', ')}` : ''}`,
    promql: newest,
  };
}
