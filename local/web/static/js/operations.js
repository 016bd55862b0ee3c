import { fill, h } from './dom.js';
import { moment } from './time.js';

/** Beside the alerts: who is on call, what is silenced, and what healing does. Drawn again only when it changed. */
export function createOperations() {
  const element = h('aside', { class: 'operations', 'aria-label': 'On call, silences and healing' });
  let drawn = '';
  return {
    element,
    update({ operations, nowMs }) {
      const { onCall, silences, healing } = operations;
      // Times are shown with their day, so they are drawn anew when it ends.
      const wanted = JSON.stringify([operations, new Date(nowMs).toDateString()]);
      if (wanted === drawn) return;
      drawn = wanted;
      fill(
        element,
        section(
          'On call now',
          onCall.map((one) => onCallRow(one, nowMs)),
          'Nobody: there is no schedule in these rules.',
        ),
        section(
          'Silences',
          silences.map((one) => silenceRow(one, nowMs)),
          'Nothing is silenced.',
        ),
        section(
          'Healing',
          healing.map((one) => healingRow(one, nowMs)),
          'Nothing was tried.',
        ),
      );
    },
  };
}

function section(title, rows, none) {
  return h(
    'section',
    {},
    h('h2', {}, title),
    rows.length > 0 ? h('ul', { class: 'rows' }, rows) : h('p', { class: 'muted' }, none),
  );
}

function row(word, paint, title, ...lines) {
  return h(
    'li',
    { style: { '--paint': `var(--${paint})` } },
    h('header', {}, h('b', {}, title), h('span', { class: 'word' }, word)),
    lines.filter(Boolean),
  );
}

function muted(...text) {
  return h('p', { class: 'muted' }, ...text);
}

function onCallRow({ schedule, people, why, untilMs }, nowMs) {
  if (people.length === 0) return row('nobody', 'red', schedule, muted(why));
  const who = h(
    'p',
    {},
    people.join(', '),
    untilMs !== undefined && h('span', { class: 'muted' }, ` until ${moment(untilMs, nowMs)}`),
  );
  return row('on call', 'green', schedule, who, muted(why));
}

function silenceRow(silence, nowMs) {
  const { id, kind, isActive, matchers, comment, createdBy, startsAtMs, endsAtMs, holdsBack } = silence;
  const times = isActive
    ? `until ${moment(endsAtMs, nowMs)}`
    : `from ${moment(startsAtMs, nowMs)} until ${moment(endsAtMs, nowMs)}`;
  const holds = holdsBack === 1 ? 'holds back 1 alert' : `holds back ${holdsBack} alerts`;
  return row(
    isActive ? 'active' : 'planned',
    isActive ? 'purple' : 'muted',
    comment || '(no comment)',
    h('p', {}, h('code', {}, matchers)),
    muted(
      [kind === 'maintenance' ? 'maintenance' : undefined, id.slice(0, 8), createdBy, times, isActive && holds]
        .filter(Boolean)
        .join(' · '),
    ),
  );
}

const HEALING_PAINTS = { verified: 'green', 'under-way': 'accent', frozen: 'red', 'awaits-approval': 'orange' };

function healingRow({ target, action, status, why, sinceMs, failures, command }, nowMs) {
  return row(
    status.replace('-', ' '),
    HEALING_PAINTS[status] ?? 'muted',
    `${action} of ${target}`,
    muted(`${why} · since ${moment(sinceMs, nowMs)}`),
    failures.map(({ atMs, text }, i) => muted(`Attempt ${i + 1}, ${moment(atMs, nowMs)}: ${text}`)),
    command && h('p', {}, h('code', {}, command)),
  );
}
