import { localTimeOf } from './local-time.ts';
import type { Range, TimeInterval } from './time-interval.ts';

/** Whether a time is inside the interval, by the clocks and calendars of its zone. */
export function containsTime(interval: TimeInterval, epochMs: number): boolean {
  const { year, month, day, weekday, minuteOfDay, daysInMonth } = localTimeOf(epochMs, interval.location ?? 'UTC');
  return (
    allows(interval.times, ({ from, to }) => minuteOfDay >= from && minuteOfDay < to) &&
    allows(interval.daysOfMonth, (range) => isDayIn(range, day, daysInMonth)) &&
    allows(interval.months, within(month)) &&
    allows(interval.weekdays, within(weekday)) &&
    allows(interval.years, within(year))
  );
}

function allows(ranges: readonly Range[] | undefined, holds: (range: Range) => boolean): boolean {
  return ranges === undefined || ranges.some(holds);
}

function within(value: number): (range: Range) => boolean {
  return ({ from, to }) => value >= from && value <= to;
}

/** -1 is the last day. A range that begins after the month's end is empty, one that ends after it ends with the month. */
function isDayIn({ from, to }: Range, day: number, daysInMonth: number): boolean {
  const first = from < 0 ? daysInMonth + from + 1 : from;
  const last = to < 0 ? daysInMonth + to + 1 : to;
  return day >= first && day <= last;
}
