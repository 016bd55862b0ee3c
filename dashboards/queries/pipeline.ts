import { gaugeOverTime } from '../shapes/gauge-over-time.ts';
import { latest } from '../shapes/latest.ts';
import { rateOverTime } from '../shapes/rate-over-time.ts';
import { silence } from '../shapes/silence.ts';

/** The monitoring itself: does what agents record arrive in the store. */

export const pointsRecorded = rateOverTime('nsmon_agent_points_recorded_total', {
  name: 'points recorded per second',
  legend: 'Recorded',
});

export const pointsAcknowledged = rateOverTime('nsmon_agent_points_acknowledged_total', {
  name: 'points acknowledged per second',
  legend: 'Acknowledged by the store',
});

export const pointsDropped = rateOverTime('nsmon_agent_points_dropped_total', {
  name: 'points dropped per second by reason',
  legend: 'Dropped · {{reason}}',
  by: ['reason'],
});

export const bufferBytes = gaugeOverTime('nsmon_agent_buffer_bytes', {
  name: 'disk buffer by agent',
  legend: '{{thing}}',
  by: ['thing'],
  across: 'max',
});

export const bufferMessages = gaugeOverTime('nsmon_agent_buffer_messages', {
  name: 'messages awaiting acknowledgement by agent',
  legend: '{{thing}}',
  by: ['thing'],
  across: 'max',
});

export const uplinkNow = latest('nsmon_agent_uplink_connected', {
  name: 'uplink by agent, now',
  legend: 'Uplink',
  by: ['thing'],
  across: 'max',
});

export const bufferedNow = latest('nsmon_agent_buffer_messages', {
  name: 'buffered messages by agent, now',
  legend: 'Buffered',
  by: ['thing'],
  across: 'max',
});

export const lastSeen = silence('nsmon_agent_uplink_connected', {
  name: 'time since the newest data of an agent',
  legend: 'Last data',
  by: ['thing'],
});
