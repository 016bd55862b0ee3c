import { gaugeOverTime } from '../shapes/gauge-over-time.ts';
import { latest } from '../shapes/latest.ts';
import { quantileOverTime } from '../shapes/quantile-over-time.ts';
import { rateOverTime } from '../shapes/rate-over-time.ts';

/** The boards: are they connected, and do they deliver what they should. */

const byDevice = { legend: '{{device_id}}', by: ['device_id'] } as const;

export const connectedDevices = latest('neural_device_connected', {
  name: 'connected devices, now',
  legend: 'Connected devices',
});

export const connectedByDevice = latest('neural_device_connected', {
  name: 'connection by device, now',
  legend: 'Connection',
  by: ['device_id', 'device_type', 'thing'],
  across: 'max',
});

export const dataRateNow = latest('neural_device_data_rate_hertz', {
  name: 'data rate by device, now',
  legend: 'Data rate',
  by: ['device_id', 'device_type', 'thing'],
  across: 'max',
});

export const signalQualityNow = latest('neural_device_signal_quality_ratio', {
  name: 'signal quality by device, now',
  legend: 'Signal quality',
  by: ['device_id', 'device_type', 'thing'],
  across: 'min',
});

export const dataRate = gaugeOverTime('neural_device_data_rate_hertz', { name: 'data rate by device', ...byDevice });

export const connectionStability = gaugeOverTime('neural_device_connection_stability_ratio', {
  name: 'connection stability by device',
  ...byDevice,
  across: 'min',
});

export const worstStability = gaugeOverTime('neural_device_connection_stability_ratio', {
  name: 'connection stability, worst device',
  legend: 'Worst device',
  across: 'min',
});

export const signalQuality = gaugeOverTime('neural_device_signal_quality_ratio', {
  name: 'signal quality by device',
  ...byDevice,
  across: 'min',
});

export const samplesLost = rateOverTime('neural_device_samples_lost_total', {
  name: 'lost samples per second by device',
  ...byDevice,
});

export const errorRatio = gaugeOverTime('neural_device_error_rate_ratio', {
  name: 'error rate by device',
  ...byDevice,
  across: 'max',
});

export const errorsByType = rateOverTime('neural_device_errors_total', {
  name: 'device errors per second by type',
  legend: '{{error_type}}',
  by: ['error_type'],
});

export const connectionFailures = rateOverTime('neural_device_connection_failures_total', {
  name: 'connection failures per second by device',
  ...byDevice,
});

export const deviceLatencyP95 = quantileOverTime('neural_device_latency_seconds', {
  name: 'device latency by device, 95th percentile',
  legend: '{{device_id}} · p95',
  by: ['device_id'],
  percentile: 95,
});

export const deviceLatencyMedian = quantileOverTime('neural_device_latency_seconds', {
  name: 'device latency by device, median',
  legend: '{{device_id}} · median',
  by: ['device_id'],
  percentile: 50,
});

export const battery = gaugeOverTime('neural_device_battery_ratio', {
  name: 'battery, lowest device',
  legend: 'Lowest battery',
  across: 'min',
});
