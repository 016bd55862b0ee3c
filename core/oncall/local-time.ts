import { instantOf, localMs } from '../time-zone.ts';

/** In the order of `Date.getUTCDay`. */
export const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const INSTANT = /^(\d{4}-\d\d-\d\d)(?:[T ]+(\d\d?:\d\d)(?::([0-5]\d(?:\.\d+)?))?(Z|[+-]\d\d:\d\d)?)?$/i;

/** `9:00` or `09:00` in minutes since midnight; undefined for anything else. `24:00` is the end of a day. */
export function readClock(text: string): number | undefined {
  const [, hours = '', minutes = ''] = /^(\d\d?):(\d\d)$/.exec(text) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  return hours !== '' && Number(minutes) < 60 && total <= 24 * 60 ? total : undefined;
}

/** `2026-01-05` as a local time (see time-zone.ts), its midnight; undefined when there is no such day. */
export function readDate(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const midnight = Date.parse(`${text}T00:00:00Z`);
  const exists = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(text);
  return exists ? midnight : undefined;
}

/**
 * An instant: `2026-12-24 18:00` or `2026-12-24` on the clocks of the zone, or `2026-12-24T17:00:00Z` (or with an offset)
 * anywhere. Undefined for anything else.
 */
export function readInstant(text: string, timeZone: string): number | undefined {
  const [, day = '', clock = '00:00', seconds = '0', offset] = INSTANT.exec(text.trim()) ?? [];
  const [midnight, minutes] = [readDate(day), readClock(clock)];
  if (midnight === undefined || minutes === undefined) return undefined;
  const local = midnight + minutes * MINUTE_MS + Number(seconds) * 1000;
  if (offset === undefined) return instantOf(timeZone, local);
  const [, sign, hours = '0', rest = '0'] = /([+-])(\d\d):(\d\d)/.exec(offset) ?? [];
  return local - (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(rest)) * MINUTE_MS;
}

/** What `readTime` understands, for people. */
export const TIME_FORMS =
  'now, 03:00, "tomorrow 03:00", "sunday 03:00", "2026-12-24 18:00" or 2026-12-24T18:00:00+01:00';

/**
 * A time as people say it, on the clocks of the zone: what `readInstant` reads, `now`, and the next `03:00`,
 * `today 03:00`, `tomorrow 03:00`, `sunday 03:00` (a week from now when that is past on this Sunday).
 */
export function readTime(text: string, timeZone: string, nowMs: number): number | undefined {
  const words = text.trim().toLowerCase().split(/\s+/);
  if (words.length === 1 && words[0] === 'now') return nowMs;
  const [clock = '', day, ...rest] = words.toReversed();
  const minutes = readClock(clock);
  if (minutes === undefined || rest.length > 0) return readInstant(text, timeZone);
  const today = Math.floor(localMs(timeZone, nowMs) / DAY_MS);
  const at = (days: number): number => instantOf(timeZone, (today + days) * DAY_MS + minutes * MINUTE_MS);
  if (day === 'today') return at(0);
  if (day === 'tomorrow') return at(1);
  if (day === undefined) return at(0) >= nowMs ? at(0) : at(1);
  const weekday = WEEKDAYS.findIndex((name) => name === day || name.slice(0, 3) === day);
  if (weekday < 0) return readInstant(text, timeZone);
  // 1 January 1970 was a Thursday.
  const days = (weekday - ((today + 4) % 7) + 7) % 7;
  return at(days) >= nowMs ? at(days) : at(days + 7);
}

/** `Sun 29 Nov 2026 03:00` on the clocks of the zone. */
export function formatInstant(timeMs: number, timeZone: string): string {
  const local = new Date(localMs(timeZone, timeMs));
  const weekday = WEEKDAYS[local.getUTCDay()] ?? '';
  const name = `${weekday.slice(0, 1).toUpperCase()}${weekday.slice(1, 3)}`;
  const date = `${String(local.getUTCDate()).padStart(2)} ${MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()}`;
  return `${name} ${date} ${local.toISOString().slice(11, 16)}`;
}
