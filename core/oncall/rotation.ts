import { instantOf, localMs } from '../time-zone.ts';
import type { Restriction, Rotation } from './config.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** From `fromMs`, before `untilMs`. */
export interface Interval {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** One person's turn. */
export interface Turn extends Interval {
  readonly person: string;
}

/** Whose turn it is, restrictions aside; undefined before the rotation begins. */
export function turnAt(rotation: Rotation, timeZone: string, timeMs: number): Turn | undefined {
  const { people, startLocalMs, turnLocalMs } = rotation;
  const handover = (turn: number): number => instantOf(timeZone, startLocalMs + turn * turnLocalMs);
  // The clocks tell which turn it is but for the hours around a change of the clocks.
  let turn = Math.floor((localMs(timeZone, timeMs) - startLocalMs) / turnLocalMs);
  let [fromMs, untilMs] = [handover(turn), handover(turn + 1)];
  while (untilMs <= timeMs) {
    turn += 1;
    [fromMs, untilMs] = [untilMs, handover(turn + 1)];
  }
  while (fromMs > timeMs) {
    turn -= 1;
    [fromMs, untilMs] = [handover(turn), fromMs];
  }
  const person = turn < 0 ? undefined : people[turn % people.length];
  return person === undefined ? undefined : { person, fromMs, untilMs };
}

/** The restriction's hours around this time; undefined outside of all. Without restrictions: always. */
export function hoursAt(rotation: Rotation, timeZone: string, timeMs: number): Interval | undefined {
  if (rotation.restrictions.length === 0)
    return { fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };
  const day = dayOf(timeZone, timeMs);
  return [day - 1, day, day + 1]
    .flatMap((start) => hoursOfDay(rotation.restrictions, timeZone, start))
    .find(({ fromMs, untilMs }) => fromMs <= timeMs && timeMs < untilMs);
}

/** Each time from `fromMs` to before `untilMs` at which a turn or the hours of a restriction begin or end. */
export function boundaries(rotation: Rotation, timeZone: string, { fromMs, untilMs }: Interval): number[] {
  const found: number[] = [];
  const { startLocalMs, turnLocalMs } = rotation;
  const [first, last] = [fromMs, untilMs].map((timeMs) =>
    Math.floor((localMs(timeZone, timeMs) - startLocalMs) / turnLocalMs),
  ) as [number, number];
  // One more on each side, for the hours around a change of the clocks; longer for short turns.
  const margin = 1 + Math.ceil(DAY_MS / turnLocalMs);
  for (let turn = Math.max(0, first - margin); turn <= last + margin; turn += 1) {
    found.push(instantOf(timeZone, startLocalMs + turn * turnLocalMs));
  }
  if (rotation.restrictions.length > 0) {
    for (let day = dayOf(timeZone, fromMs) - 2; day <= dayOf(timeZone, untilMs) + 1; day += 1) {
      for (const hours of hoursOfDay(rotation.restrictions, timeZone, day)) found.push(hours.fromMs, hours.untilMs);
    }
  }
  return found.filter((timeMs) => fromMs <= timeMs && timeMs < untilMs);
}

/** Days since 1 January 1970 on the calendar of the zone. */
function dayOf(timeZone: string, timeMs: number): number {
  return Math.floor(localMs(timeZone, timeMs) / DAY_MS);
}

function hoursOfDay(restrictions: readonly Restriction[], timeZone: string, day: number): Interval[] {
  // 1 January 1970 was a Thursday.
  const weekday = (((day + 4) % 7) + 7) % 7;
  return restrictions
    .filter(({ weekdays }) => weekdays.includes(weekday))
    .map(({ fromMinute, toMinute }) => {
      const until = toMinute > fromMinute ? toMinute : toMinute + 24 * 60;
      return {
        fromMs: instantOf(timeZone, day * DAY_MS + fromMinute * MINUTE_MS),
        untilMs: instantOf(timeZone, day * DAY_MS + until * MINUTE_MS),
      };
    });
}
