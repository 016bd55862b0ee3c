import type { Board } from '../board.ts';
import { table } from '../panels/table.ts';
import { higherIsBetter, lowerIsBetter } from '../panels/thresholds.ts';
import { timeseries } from '../panels/timeseries.ts';
import { apiRequests, apiResponseMedian, apiResponseP95 } from '../queries/api.ts';
import { cacheHitRatio } from '../queries/cache.ts';
import { poolUse, queriesRun, slowestQueries } from '../queries/database.ts';
import {
  diskUsed,
  hostCpuUsed,
  hostLoad,
  hostMemoryUsed,
  networkReceived,
  networkSent,
  processCpu,
  processMemory,
} from '../queries/host.ts';

const SCRAPE = 'Let an agent scrape the application: add its /metrics to the scrape configuration.';

/** The platform around the neural engine: API, database, cache, and the hosts everything runs on. */
export const systemPerformance: Board = {
  uid: 'system-performance',
  title: 'Neural Engine - System Performance',
  description: 'Response times of the API, database and cache, and what processes and hosts use.',
  tags: ['system'],
  rows: [
    {
      height: 9,
      panels: [
        timeseries({
          title: 'API Response Time',
          description: 'Time to answer a request of the neural API: median and 95th percentile over all routes.',
          queries: [apiResponseP95, apiResponseMedian],
          unit: 's',
          min: 0,
          thresholds: lowerIsBetter(0.5, 1),
          noValue: SCRAPE,
          calcs: ['lastNotNull', 'max'],
        }),
        timeseries({
          title: 'Memory Usage',
          description: 'Resident memory of each monitored process.',
          queries: [processMemory],
          unit: 'bytes',
          min: 0,
        }),
      ],
    },
    {
      height: 8,
      panels: [
        table({
          title: 'Database Query Performance',
          description: 'The ten queries with the longest mean duration within the range, and how often they ran.',
          queries: [slowestQueries, queriesRun],
          unit: 'short',
          labels: { query: 'Query' },
          columns: {
            'Mean duration': { unit: 's', decimals: 2, thresholds: lowerIsBetter(0.1, 0.5) },
            Runs: { unit: 'short', decimals: 0 },
          },
          noValue: SCRAPE,
          width: 10,
        }),
        timeseries({
          title: 'API Requests',
          description: 'Requests answered per second, by status.',
          queries: [apiRequests],
          unit: 'reqps',
          min: 0,
          stacked: true,
          minInterval: '10s',
          noValue: SCRAPE,
        }),
        timeseries({
          title: 'Cache Hit Ratio',
          description: 'Share of look-ups that the cache answered.',
          queries: [cacheHitRatio],
          unit: 'percentunit',
          min: 0,
          max: 1,
          thresholds: higherIsBetter(0.5, 0.8),
          noValue: SCRAPE,
        }),
      ],
    },
    {
      height: 8,
      panels: [
        timeseries({
          title: 'Host CPU',
          description: 'Share of CPU time that was not idle, over all cores.',
          queries: [hostCpuUsed],
          unit: 'percentunit',
          min: 0,
          max: 1,
          thresholds: lowerIsBetter(0.8, 0.95),
          thresholdLines: true,
        }),
        timeseries({
          title: 'Host Memory',
          description: 'Share of memory that a new process could not have.',
          queries: [hostMemoryUsed],
          unit: 'percentunit',
          min: 0,
          max: 1,
          thresholds: lowerIsBetter(0.8, 0.95),
          thresholdLines: true,
        }),
        timeseries({
          title: 'Database Connections',
          description: 'Connections in use, as a share of the pool. Above 90 % the pool is nearly exhausted.',
          queries: [poolUse],
          unit: 'percentunit',
          min: 0,
          max: 1,
          thresholds: lowerIsBetter(0.75, 0.9),
          thresholdLines: true,
          noValue: SCRAPE,
        }),
      ],
    },
    {
      height: 8,
      panels: [
        timeseries({
          title: 'Process CPU',
          description: 'CPU time each process uses: 100 % is one core.',
          queries: [processCpu],
          unit: 'percentunit',
          min: 0,
        }),
        timeseries({
          title: 'Load Average',
          description: 'Processes running or waiting to run, mean of one minute.',
          queries: [hostLoad],
          unit: 'short',
          decimals: 2,
          min: 0,
        }),
        timeseries({
          title: 'File Systems',
          description: 'Share of each file system that is used.',
          queries: [diskUsed],
          unit: 'percentunit',
          min: 0,
          max: 1,
          thresholds: lowerIsBetter(0.8, 0.95),
        }),
        timeseries({
          title: 'Network',
          description: 'Bytes received and sent per second, all interfaces together.',
          queries: [networkReceived, networkSent],
          unit: 'Bps',
          min: 0,
          minInterval: '10s',
        }),
      ],
    },
  ],
};
