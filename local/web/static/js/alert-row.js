import { alertNotes } from './alert-notes.js';
import { h } from './dom.js';
import { ago, duration } from './time.js';

/** Labels that every alert has, so they tell nothing apart. */
const COMMON_LABELS = new Set(['alertname', 'severity', 'job', 'instance', 'tenant', 'site']);

export const STATE_COLORS = { firing: 'red', pending: 'orange', resolved: 'green', unknown: 'muted' };

/** One alert: its state, what it is about, since when. */
export function alertRow(alert, nowMs) {
  return h(
    'article',
    { class: 'alert', style: { '--paint': `var(--${STATE_COLORS[alert.state]})` } },
    h(
      'header',
      {},
      h('span', { class: 'word' }, alert.state),
      h('h3', {}, alert.name),
      alert.severity && h('span', { class: 'chip' }, alert.severity),
      h('span', { class: 'chip' }, alert.evaluatedWhere === 'edge' ? 'at the edge' : 'in the cloud'),
    ),
    alert.summary && h('p', {}, alert.summary),
    h(
      'p',
      { class: 'muted labels' },
      labelsOf(alert).map(([name, value]) => h('span', {}, `${name} `, h('b', {}, value))),
    ),
    h('p', { class: 'muted' }, since(alert, nowMs)),
    alertNotes(alert, nowMs),
  );
}

export function labelsOf(alert) {
  return Object.entries(alert.labels).filter(([name]) => !COMMON_LABELS.has(name) && !name.startsWith('__'));
}

function since(alert, nowMs) {
  if (alert.state === 'resolved') {
    const lasted = alert.resolvedAtMs - (alert.firingAtMs ?? alert.pendingAtMs);
    return `resolved ${ago(alert.resolvedAtMs, nowMs)} after ${duration(lasted)}`;
  }
  if (alert.state === 'firing') return `firing for ${duration(nowMs - (alert.firingAtMs ?? alert.pendingAtMs))}`;
  if (alert.state === 'unknown') return 'its agent no longer reports';
  return `pending for ${duration(nowMs - alert.pendingAtMs)}`;
}
