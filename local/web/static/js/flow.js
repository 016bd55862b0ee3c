import { h } from './dom.js';
import { format } from './units.js';

/** Stations of a sample and of an alert: name, where it happens, its count in the status, what is counted. */
const LANES = [
  {
    name: 'Telemetry',
    stations: [
      ['Board', 'EEG samples', 'samplesRead', 'samples'],
      ['Edge agent', 'measures, aggregates', 'pointsRecorded', 'points'],
      ['IoT Core', 'mutual TLS, topic rule', 'messagesPublished', 'messages'],
      ['Kinesis → ingest', 'stamps, acknowledges', 'recordsIngested', 'records'],
      ['Metric store', 'asked by dashboards', 'pointsStored', 'points'],
    ],
  },
  {
    name: 'Alerts',
    stations: [
      ['Edge rules', 'pending, firing', 'alertsActive', 'active'],
      ['route-alerts', 'groups, inhibits', 'alertReports', 'reports'],
      ['Escalation', 'Step Functions', 'escalations', 'started'],
      ['Channels', 'Slack, PagerDuty, SNS', 'notifications', 'sent'],
    ],
  },
];

/** Rates are means over this long: a publish interval, so that they do not jump. */
const WINDOW_MS = 10_000;

/** The picture of the flow, with counts that run. */
export function createFlow() {
  const numbers = {};
  const history = [];
  const element = h(
    'div',
    { class: 'flow' },
    LANES.map((lane) =>
      h(
        'div',
        { class: 'lane' },
        h('h3', {}, lane.name),
        h(
          'ol',
          {},
          lane.stations.map(([title, caption, key, unit]) => {
            const count = h('span', { class: 'count' }, '–');
            const rate = h('span', { class: 'rate' });
            const station = h(
              'li',
              { class: 'station' },
              h('b', {}, title),
              h('span', { class: 'caption' }, caption),
              h('div', {}, count, h('span', { class: 'unit' }, ` ${unit}`)),
              rate,
            );
            numbers[key] = { count, rate, station };
            return station;
          }),
        ),
      ),
    ),
  );

  return {
    element,
    update(status) {
      const counts = {
        ...status.flow,
        alertsActive: status.alerts.filter(({ state }) => state === 'firing' || state === 'pending').length,
      };
      history.push({ atMs: status.nowMs, counts });
      while (history.length > 2 && status.nowMs - history[1].atMs >= WINDOW_MS) history.shift();
      const [oldest] = history;
      for (const [key, { count, rate, station }] of Object.entries(numbers)) {
        const value = counts[key];
        count.textContent = value === undefined ? '–' : format(value, 'short', value >= 10_000 ? 1 : 0);
        const seconds = (status.nowMs - oldest.atMs) / 1000;
        const perSecond = seconds > 0 ? (value - (oldest.counts[key] ?? 0)) / seconds : 0;
        const moving = key === 'alertsActive' ? value > 0 : perSecond > 0;
        station.classList.toggle('moving', moving);
        rate.textContent =
          key !== 'alertsActive' && perSecond > 0 ? `${format(Number(perSecond.toPrecision(2)), 'short')} /s` : '';
      }
    },
  };
}
