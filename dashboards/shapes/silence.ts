import { TIMESTREAM_MACROS } from '../macros.ts';
import { aggregate, selector } from '../promql.ts';
import { describeMetric, type NamedQuery, type QueryOptions } from '../query.ts';
import { fromPoints, groupBy, identifier } from '../sql.ts';

/** A group silent for longer than this is gone. */
const WITHIN_MINUTES = 15;

/** How long ago each group's newest point of a metric was, at the end of the range, seconds. */
export function silence(metric: string, { by = [], where = {}, ...names }: QueryOptions): NamedQuery {
  describeMetric(metric);
  const end = `from_milliseconds(${TIMESTREAM_MACROS.timeTo})`;
  const time = `time BETWEEN ${end} - ${WITHIN_MINUTES}m AND ${end}`;
  const seconds = `date_diff('millisecond', max(time), ${end}) / 1000.0 AS ${identifier(names.legend)}`;
  return {
    ...names,
    by,
    metrics: [metric],
    form: 'instant',
    timestream: (database) =>
      `SELECT ${[...by.map(identifier), seconds].join(', ')}
${fromPoints({ database, metrics: [metric], where, time })}${groupBy(by.length)}`,
    // The sub-query looks further back than an instant selector would: five minutes.
    promql: `time() - ${aggregate('max', by, `max_over_time(timestamp(${selector(metric, where)})[${WITHIN_MINUTES}m:10s])`)}`,
  };
}
