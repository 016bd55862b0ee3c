import { gaugeOverTime } from '../shapes/gauge-over-time.ts';
import { latest } from '../shapes/latest.ts';

/** How good the signal is: over the session, and channel by channel. */

export const dataQuality = gaugeOverTime('neural_data_quality_score', {
  name: 'data quality, mean over sessions',
  legend: 'Average quality',
});

export const channelQuality = gaugeOverTime('neural_channel_quality_score', {
  name: 'signal quality by channel',
  legend: '{{channel}}',
  by: ['channel'],
  across: 'min',
});

export const channelFaults = gaugeOverTime('neural_channel_faults', {
  name: 'faulty channels by reason',
  legend: '{{reason}}',
  by: ['reason'],
  across: 'max',
});

export const channelQualityNow = latest('neural_channel_quality_score', {
  name: 'signal quality by device and channel, now',
  legend: 'Quality',
  by: ['device_id', 'channel'],
  across: 'min',
});

export const channelContactNow = latest('neural_channel_contact', {
  name: 'electrode contact by device and channel, now',
  legend: 'Contact',
  by: ['device_id', 'channel'],
  across: 'min',
});
