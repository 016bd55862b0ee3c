import { alertRow, labelsOf, STATE_COLORS } from '../alert-row.js';
import { fill, h } from '../dom.js';
import { createOperations } from '../operations.js';
import { clock, duration } from '../time.js';

const SHORTEST_MS = 120_000;
const TICKS = 5;

/** Every alert since the start as a bar over time, and in words. */
export function alertsPage() {
  const timeline = h('div', { class: 'timeline' });
  const list = h('div', { class: 'alert-list' });
  const operations = createOperations();
  return {
    title: 'Alerts',
    element: h(
      'div',
      { class: 'page' },
      h(
        'div',
        { class: 'page-head' },
        h(
          'div',
          {},
          h('h1', {}, 'Alerts'),
          h('p', { class: 'lead' }, 'Since the start, from pending over firing to resolved.'),
        ),
        h('a', { class: 'button', href: '/d/alert-management' }, 'Alert dashboard'),
      ),
      timeline,
      h('div', { class: 'alerts-and-more' }, list, operations.element),
    ),
    onStatus(status) {
      operations.update(status);
      const alerts = [...status.alerts].sort((a, b) => b.pendingAtMs - a.pendingAtMs);
      if (alerts.length === 0) {
        fill(timeline);
        fill(
          list,
          h(
            'p',
            { class: 'empty' },
            'No alert so far. Try a fault: ',
            h('code', {}, 'npm start -- --story electrode-detach'),
          ),
        );
        return;
      }
      drawTimeline(timeline, alerts, status);
      fill(
        list,
        byUrgency(alerts).map((alert) => alertRow(alert, status.nowMs)),
      );
    },
  };
}

const URGENCY = ['firing', 'unknown', 'pending', 'resolved'];

function byUrgency(alerts) {
  return [...alerts].sort((a, b) => URGENCY.indexOf(a.state) - URGENCY.indexOf(b.state));
}

function drawTimeline(element, alerts, { nowMs }) {
  const earliest = Math.min(...alerts.map(({ pendingAtMs }) => pendingAtMs));
  const rangeMs = Math.max(SHORTEST_MS, (nowMs - earliest) * 1.08);
  const fromMs = nowMs - rangeMs;
  const at = (ms) => `${(((ms - fromMs) / rangeMs) * 100).toFixed(3)}%`;
  const ticks = Array.from({ length: TICKS }, (_, i) => fromMs + (rangeMs * i) / (TICKS - 1));
  fill(
    element,
    h(
      'div',
      { class: 'ticks', 'aria-hidden': 'true' },
      ticks.map((ms) => h('span', { style: { left: at(ms) } }, clock(ms))),
    ),
    alerts.map((alert) => {
      const end = alert.resolvedAtMs ?? nowMs;
      const firing = alert.firingAtMs ?? end;
      return h(
        'div',
        { class: 'track' },
        h(
          'div',
          { class: 'track-name' },
          h('b', {}, alert.name),
          h(
            'span',
            { class: 'muted' },
            labelsOf(alert)
              .map(([, value]) => value)
              .join(' · '),
          ),
        ),
        h(
          'div',
          {
            class: 'track-line',
            role: 'img',
            'aria-label': `${alert.name}: ${alert.state}, ${duration(end - alert.pendingAtMs)} in all`,
          },
          segment('pending', alert.pendingAtMs, Math.min(firing, end)),
          alert.firingAtMs !== undefined && segment('firing', alert.firingAtMs, end),
          alert.resolvedAtMs !== undefined &&
            h('i', {
              class: 'resolved-mark',
              title: `resolved ${clock(alert.resolvedAtMs)}`,
              style: { left: at(alert.resolvedAtMs) },
            }),
        ),
      );
    }),
    h(
      'p',
      { class: 'timeline-key muted' },
      ['pending', 'firing', 'resolved'].map((state) =>
        h('span', {}, h('i', { class: 'swatch', style: { background: `var(--${STATE_COLORS[state]})` } }), state),
      ),
    ),
  );

  function segment(state, start, end) {
    return h('i', {
      class: `segment ${state}`,
      title: `${state} ${clock(start)}, ${duration(end - start)}`,
      style: { left: at(start), width: `${(((end - start) / rangeMs) * 100).toFixed(3)}%` },
    });
  }
}
