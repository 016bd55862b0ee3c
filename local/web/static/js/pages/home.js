import { alertRow } from '../alert-row.js';
import { api } from '../api.js';
import { fill, h, withCode } from '../dom.js';
import { createFlow } from '../flow.js';
import { duration } from '../time.js';
import { format } from '../units.js';
import { dashboardCard } from './dashboards.js';

/** What is running, at a glance. */
export async function homePage() {
  const list = await api.dashboards();
  const headline = h('h1', {}, 'Starting');
  const lead = h('p', { class: 'lead' });
  const devices = h('div', { class: 'devices' });
  const alerts = h('div', { class: 'alert-list' });
  const hints = h('ol', { class: 'hints' });
  const flow = createFlow();
  let drawnHints = '';

  return {
    title: 'Overview',
    element: h(
      'div',
      { class: 'page' },
      headline,
      lead,
      h(
        'section',
        { 'aria-labelledby': 'flow-title' },
        h('h2', { id: 'flow-title' }, 'From the electrode to the store, and to a person'),
        flow.element,
      ),
      h(
        'div',
        { class: 'halves' },
        h('section', { 'aria-labelledby': 'devices-title' }, h('h2', { id: 'devices-title' }, 'Devices'), devices),
        h(
          'section',
          { 'aria-labelledby': 'alerts-title' },
          h('h2', { id: 'alerts-title' }, 'Alerts now', h('a', { href: '/alerts' }, 'Timeline')),
          alerts,
        ),
      ),
      h(
        'section',
        { 'aria-labelledby': 'dash-title' },
        h('h2', { id: 'dash-title' }, 'Dashboards'),
        h('ul', { class: 'cards' }, list.map(dashboardCard)),
      ),
      h('section', { 'aria-labelledby': 'next-title' }, h('h2', { id: 'next-title' }, 'What to try next'), hints),
    ),
    onStatus(status) {
      const firing = status.alerts.filter(({ state }) => state === 'firing');
      const connected = status.devices.filter((device) => device.connected).length;
      headline.textContent =
        firing.length > 0
          ? `${firing.length} ${firing.length === 1 ? 'alert is' : 'alerts are'} firing`
          : connected > 0
            ? 'All is well'
            : 'No device is connected';
      headline.dataset.tone = firing.length > 0 ? 'red' : connected > 0 ? 'green' : 'muted';
      lead.textContent = `${connected} of ${status.devices.length} ${status.devices.length === 1 ? 'device' : 'devices'} connected · running for ${duration(status.nowMs - status.startedAtMs)} · metrics in ${STORES[status.metricStore] ?? status.metricStore}`;
      flow.update(status);
      fill(
        devices,
        status.devices.length > 0
          ? status.devices.map(deviceCard)
          : h(
              'p',
              { class: 'empty' },
              'No device yet. The edge agent connects its board within a few seconds of its start.',
            ),
      );
      const active = status.alerts.filter(({ state }) => state !== 'resolved');
      fill(
        alerts,
        active.length > 0
          ? active.map((alert) => alertRow(alert, status.nowMs))
          : h('p', { class: 'empty' }, 'Nothing is pending or firing. Detach an electrode to see an alert arise.'),
      );
      if (status.hints.join() !== drawnHints) {
        drawnHints = status.hints.join();
        fill(
          hints,
          status.hints.map((hint) => h('li', {}, withCode(hint))),
        );
      }
    },
  };
}

const STORES = { timestream: 'Timestream', prometheus: 'Prometheus' };

function deviceCard(device) {
  const facts = [
    ['Data rate', device.dataRateHz === undefined ? '–' : format(device.dataRateHz, 'hertz', 1)],
    ['Nominal', format(device.sampleRateHz, 'hertz')],
    ['Channels', String(device.channels)],
    ['Quality', device.quality === undefined ? '–' : format(device.quality, 'percentunit', 0)],
  ];
  return h(
    'article',
    { class: 'card device' },
    h(
      'header',
      {},
      h('h3', {}, device.deviceId),
      h(
        'span',
        { class: 'word', style: { '--paint': `var(--${device.connected ? 'green' : 'red'})` } },
        device.connected ? 'connected' : 'disconnected',
      ),
    ),
    h('p', { class: 'muted' }, `${device.deviceType} · ${device.source} · thing ${device.thing}`),
    h(
      'dl',
      { class: 'facts' },
      facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
    ),
    device.quality !== undefined &&
      h(
        'div',
        { class: 'meter', role: 'presentation' },
        h('i', {
          style: {
            width: `${Math.round(device.quality * 100)}%`,
            background: `var(--${device.quality >= 0.85 ? 'green' : device.quality >= 0.7 ? 'orange' : 'red'}-fill)`,
          },
        }),
      ),
  );
}
