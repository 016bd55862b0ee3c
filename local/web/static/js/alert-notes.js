import { h } from './dom.js';
import { ago, moment } from './time.js';

/** Red needs somebody now; grey is over. */
const PAINTS = {
  problem: 'red',
  inhibited: 'blue',
  silenced: 'purple',
  muted: 'purple',
  acknowledged: 'green',
  healing: 'accent',
};

/** What `untilMs` of a note is the end of. */
const UNTIL = { acknowledged: 'counts until', healing: 'the page waits until' };

/** Why nobody is told of an alert, who has it, and what went wrong: a line each. */
export function alertNotes({ notes = [] }, nowMs) {
  return (
    notes.length > 0 &&
    h(
      'ul',
      { class: 'notes' },
      notes.map((note) => alertNote(note, nowMs)),
    )
  );
}

function alertNote({ kind, text, atMs, untilMs, isOver }, nowMs) {
  const paint = isOver ? 'muted' : PAINTS[kind];
  const times = [
    atMs !== undefined && ago(atMs, nowMs),
    untilMs !== undefined && `${UNTIL[kind] ?? 'until'} ${moment(untilMs, nowMs)}`,
  ].filter(Boolean);
  return h(
    'li',
    { class: `note ${kind}`, style: { '--paint': `var(--${paint})` } },
    h('b', { class: 'kind' }, isOver ? `was ${kind}` : kind),
    h('span', {}, text, times.length > 0 && h('span', { class: 'muted' }, ` · ${times.join(' · ')}`)),
  );
}
