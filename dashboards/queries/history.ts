import { minuteMean } from '../shapes/minute-mean.ts';
import { minuteQuantile } from '../shapes/minute-quantile.ts';

/** The past, from one-minute roll-ups: how things have developed over days. */

const byDevice = { legend: '{{device_id}}', by: ['device_id'] } as const;

export const dataQualityHistory = minuteMean('neural_data_quality_score', {
  name: 'data quality by device, by the minute',
  ...byDevice,
});

export const stabilityHistory = minuteMean('neural_device_connection_stability_ratio', {
  name: 'connection stability by device, by the minute',
  ...byDevice,
});

export const dataRateHistory = minuteMean('neural_device_data_rate_hertz', {
  name: 'data rate by device, by the minute',
  ...byDevice,
});

export const signalProcessingHistory = minuteQuantile('neural_signal_processing_duration_seconds', {
  name: 'signal processing latency by device, 95th percentile, by the minute',
  ...byDevice,
  percentile: 95,
});

export const deviceLatencyHistory = minuteQuantile('neural_device_latency_seconds', {
  name: 'device latency by device, 95th percentile, by the minute',
  ...byDevice,
  percentile: 95,
});

export const memoryHistory = minuteMean('process_resident_memory_bytes', {
  name: 'resident memory by process, by the minute',
  legend: '{{job}} · {{instance}}',
  by: ['job', 'instance'],
});
