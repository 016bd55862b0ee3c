import type { Schedule } from './config.ts';
import { formatInstant } from './local-time.ts';
import { byRotation, type OnCall, onCallAt } from './on-call.ts';
import { gaps } from './shifts.ts';

/** How far ahead the end of a gap is looked for. */
const LOOK_AHEAD_MS = 31 * 86_400_000;

/** Who is on call at this time and why, as one sentence; times are on the clocks of the schedule. */
export function explain(schedule: Schedule, timeMs: number): string {
  const onCall = onCallAt(schedule, timeMs);
  const who = onCall.people.join(' and ');
  const { because } = onCall;
  const show = (instant: number): string => formatInstant(instant, schedule.timeZone).replaceAll(/ +/g, ' ');
  switch (because.kind) {
    case 'override': {
      const [instead] = byRotation(schedule, timeMs).people;
      const standsIn = instead && instead !== who ? `${who} stands in for ${instead}` : `${who} is on call`;
      return `${standsIn} from ${show(because.fromMs)} until ${show(because.untilMs)}: ${because.reason}`;
    }
    case 'rotation': {
      const turn = `from ${show(because.fromMs)} until ${show(because.untilMs)}`;
      return `${who} has the turn of rotation "${because.rotation}" ${turn}`;
    }
    case 'nobody': {
      const [gap] = gaps(schedule, timeMs, timeMs + LOOK_AHEAD_MS);
      const ends = gap && gap.untilMs < timeMs + LOOK_AHEAD_MS;
      return `nobody is on call${ends ? ` until ${show(gap.untilMs)}` : ', and nobody comes on call in the next 31 days'}`;
    }
  }
}

/** Why, in a few words: `week`, `override: Christmas`. */
export function reasonOf({ because }: Pick<OnCall, 'because'>): string {
  switch (because.kind) {
    case 'override':
      return `override: ${because.reason}`;
    case 'rotation':
      return because.rotation;
    case 'nobody':
      return 'no rotation is on';
  }
}
