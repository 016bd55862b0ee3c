import type { Board } from '../board.ts';
import type { PlacedPanel } from '../panels/panel.ts';
import { type TimeseriesOptions, timeseries } from '../panels/timeseries.ts';
import {
  dataQualityHistory,
  dataRateHistory,
  deviceLatencyHistory,
  memoryHistory,
  signalProcessingHistory,
  stabilityHistory,
} from '../queries/history.ts';

function byTheMinute(options: TimeseriesOptions): PlacedPanel {
  return timeseries({
    ...options,
    minInterval: '1m',
    calcs: ['lastNotNull', 'mean'],
    noValue: 'No full minute yet: the first roll-up follows the first whole minute of the clock.',
  });
}

/** How things have developed, over days: exact one-minute roll-ups, made at the edge and kept for 30 days. */
export const history: Board = {
  uid: 'history',
  title: 'Neural Engine - History',
  description: 'How quality, connection and latency have developed, from one-minute roll-ups kept for 30 days.',
  tags: ['history'],
  range: 'now-7d',
  refresh: '1m',
  rows: [
    {
      height: 9,
      panels: [
        byTheMinute({
          title: 'Data Quality',
          description: 'Mean signal quality of the sessions of each device.',
          queries: [dataQualityHistory],
          unit: 'percentunit',
          min: 0,
          max: 1,
        }),
        byTheMinute({
          title: 'Signal Processing Latency',
          description: 'Time to filter one block of samples: 95th percentile of the worst minute.',
          queries: [signalProcessingHistory],
          unit: 's',
          min: 0,
        }),
      ],
    },
    {
      height: 8,
      panels: [
        byTheMinute({
          title: 'Connection Stability',
          description: 'Mean stability of the connection of each device.',
          queries: [stabilityHistory],
          unit: 'percentunit',
          min: 0,
          max: 1,
        }),
        byTheMinute({
          title: 'Data Rate',
          description: 'Mean samples per second and channel of each device.',
          queries: [dataRateHistory],
          unit: 'hertz',
          decimals: 1,
        }),
        byTheMinute({
          title: 'Device Latency',
          description: 'Delay that the connection adds: 95th percentile of the worst minute.',
          queries: [deviceLatencyHistory],
          unit: 's',
          min: 0,
        }),
        byTheMinute({
          title: 'Memory Usage',
          description: 'Mean resident memory of each monitored process.',
          queries: [memoryHistory],
          unit: 'bytes',
          min: 0,
        }),
      ],
    },
  ],
};
