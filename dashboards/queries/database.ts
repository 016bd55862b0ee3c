import { topMeansInRange } from '../shapes/classic-mean.ts';
import { gaugeRatioOverTime } from '../shapes/gauge-ratio.ts';
import { increaseInRange } from '../shapes/increase.ts';

/** The platform's database. */

const QUERIES = 'neural_db_query_duration_seconds';

export const slowestQueries = topMeansInRange(QUERIES, {
  name: 'slowest database queries, mean duration',
  legend: 'Mean duration',
  by: ['query'],
  top: 10,
});

export const queriesRun = increaseInRange(`${QUERIES}_count`, {
  name: 'database queries run',
  legend: 'Runs',
  by: ['query'],
});

export const poolUse = gaugeRatioOverTime('neural_db_connections_active', 'neural_db_connections_max', {
  name: 'database connection pool use by instance',
  legend: '{{instance}}',
  by: ['instance'],
});
