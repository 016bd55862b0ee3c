import { formatDuration } from '../promql/durations.ts';
import { wrapText } from '../wrap-text.ts';
import { budgetOf } from './budget.ts';
import type { OncallConfig, Person, Schedule } from './config.ts';
import { explain, reasonOf } from './explain.ts';
import { formatInstant } from './local-time.ts';
import { onCallAt } from './on-call.ts';
import { handovers } from './shifts.ts';

const WIDTH = 80;

/** Who would be told at this time: a headline, then why, and how each person is reached. */
export function showWho(config: OncallConfig, schedule: Schedule, timeMs: number): string {
  const { people } = onCallAt(schedule, timeMs);
  const lines = [
    `${schedule.name}: ${people.join(', ') || 'NOBODY'} at ${formatInstant(timeMs, schedule.timeZone)} (${schedule.timeZone})`,
    ...indented(explain(schedule, timeMs)),
  ];
  for (const person of people.flatMap((name) => config.people.get(name) ?? [])) {
    if (person.timeZone !== schedule.timeZone) {
      lines.push(
        ...indented(`for ${person.name} it is ${formatInstant(timeMs, person.timeZone)} (${person.timeZone})`),
      );
    }
    lines.push(
      ...indented(`told by ${person.channels.map((channel) => channelText(person, channel)).join(', else ')}`),
    );
  }
  return lines.join('\n');
}

function channelText(person: Person, channel: Person['channels'][number]): string {
  const limits = budgetOf(person, channel).map(({ count, windowMs }) => `${count} in ${formatDuration(windowMs)}`);
  return limits.length > 0 ? `${channel} (at most ${limits.join(', ')})` : channel;
}

/** A table of who comes on call when, beginning with who is on call now. */
export function showHandovers(schedule: Schedule, fromMs: number, untilMs: number): string {
  const first = { atMs: fromMs, to: onCallAt(schedule, fromMs).people, because: onCallAt(schedule, fromMs).because };
  const rows = [first, ...handovers(schedule, fromMs, untilMs)].map((handover) => ({
    when: formatInstant(handover.atMs, schedule.timeZone),
    who: handover.to.join(', ') || 'NOBODY',
    why: reasonOf(handover),
  }));
  const width = Math.max(...rows.map(({ who }) => who.length));
  const lines = rows.map(({ when, who, why }) => clip(`  ${when}  ${who.padEnd(width)}  ${why}`));
  return [`${schedule.name} (${schedule.timeZone})`, ...lines].join('\n');
}

/** At most eighty columns: what is cut off is the end of a reason. */
function clip(line: string): string {
  return line.length > WIDTH ? `${line.slice(0, WIDTH - 3)}...` : line;
}

function indented(text: string): string[] {
  const [first = '', ...others] = wrapText(text, WIDTH, '    ');
  return [first.slice(2), ...others];
}
