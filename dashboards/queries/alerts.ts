import { activeOverTime } from '../shapes/active-over-time.ts';
import { latest } from '../shapes/latest.ts';

/** Alerts, as the evaluators of the rules write them beside the metrics. */

/** An alert that ends is reported with 0; that of an agent that is gone is over after three publish intervals. */
const withinSeconds = 30;

export const alertsByState = activeOverTime('ALERTS', {
  name: 'alerts over time by state',
  legend: '{{alertstate}}',
  by: ['alertstate'],
});

export const firingByName = activeOverTime('ALERTS', {
  name: 'firing alerts over time by name',
  legend: '{{alertname}}',
  by: ['alertname'],
  where: { alertstate: 'firing' },
});

export const firingNow = latest('ALERTS', {
  name: 'firing alerts, now',
  legend: 'Firing',
  where: { alertstate: 'firing' },
  withinSeconds,
});

export const pendingNow = latest('ALERTS', {
  name: 'pending alerts, now',
  legend: 'Pending',
  where: { alertstate: 'pending' },
  withinSeconds,
});

export const activeAlerts = latest('ALERTS', {
  name: 'active alerts, now',
  legend: 'Series',
  by: ['alertstate', 'alertname', 'severity', 'thing'],
  withinSeconds,
  onlyActive: true,
});
