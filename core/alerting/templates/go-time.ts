import { localMs, offsetMs } from '../../time-zone.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
/** Intl has a zone's abbreviation only in the English of where the zone is used. */
const LOCALES = ['en-US', 'en-GB', 'en-AU', 'en-NZ', 'en-IN', 'en-ZA'];

/** The pieces of Go's reference time, the longer before those that they begin with. */
const PIECE =
  /January|Jan|Monday|Mon|MST|2006|Z07:00|Z0700|-07:00|-0700|-07|[.,]0+(?!\d)|[.,]9+(?!\d)|01|02|03|04|05|06|002|__2|_2|15|PM|pm|1|2|3|4|5/g;

/**
 * Writes a time by a layout of Go's time package, which shows how Monday, 2 January 2006, 15:04:05 MST would look.
 * @param timeZone IANA name
 */
export function formatGoTime(timeMs: number, layout: string, timeZone: string): string {
  const local = new Date(localMs(timeZone, timeMs));
  return layout.replace(PIECE, (piece) => show(piece, local, timeMs, timeZone));
}

/** As Go prints a time: `2026-11-23 22:00:00 +0100 CET`. */
export function printGoTime(timeMs: number, timeZone: string): string {
  return formatGoTime(timeMs, '2006-01-02 15:04:05.999999999 -0700 MST', timeZone);
}

function show(piece: string, local: Date, timeMs: number, timeZone: string): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const [month, day, hour] = [local.getUTCMonth(), local.getUTCDate(), local.getUTCHours()];
  switch (piece) {
    case 'January':
      return MONTHS[month] ?? '';
    case 'Jan':
      return (MONTHS[month] ?? '').slice(0, 3);
    case 'Monday':
      return WEEKDAYS[local.getUTCDay()] ?? '';
    case 'Mon':
      return (WEEKDAYS[local.getUTCDay()] ?? '').slice(0, 3);
    case 'MST':
      return abbreviation(timeMs, timeZone);
    case '2006':
      return String(local.getUTCFullYear()).padStart(4, '0');
    case '06':
      return two(local.getUTCFullYear() % 100);
    case '01':
      return two(month + 1);
    case '1':
      return String(month + 1);
    case '02':
      return two(day);
    case '_2':
      return String(day).padStart(2);
    case '2':
      return String(day);
    case '002':
      return String(dayOfYear(local)).padStart(3, '0');
    case '__2':
      return String(dayOfYear(local)).padStart(3);
    case '15':
      return two(hour);
    case '03':
      return two(hour % 12 || 12);
    case '3':
      return String(hour % 12 || 12);
    case '04':
      return two(local.getUTCMinutes());
    case '4':
      return String(local.getUTCMinutes());
    case '05':
      return two(local.getUTCSeconds());
    case '5':
      return String(local.getUTCSeconds());
    case 'PM':
      return hour < 12 ? 'AM' : 'PM';
    case 'pm':
      return hour < 12 ? 'am' : 'pm';
    default:
      return /^[.,]/.test(piece) ? fraction(piece, local) : offset(piece, offsetMs(timeZone, timeMs));
  }
}

function dayOfYear(local: Date): number {
  return Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0)) / 86_400_000) + 1;
}

/** `.000` keeps its zeros, `.999` drops them. */
function fraction(piece: string, local: Date): string {
  const digits = String(local.getUTCMilliseconds())
    .padStart(3, '0')
    .padEnd(9, '0')
    .slice(0, piece.length - 1);
  const kept = piece.includes('9') ? digits.replace(/0+$/, '') : digits;
  return kept === '' ? '' : piece.slice(0, 1) + kept;
}

function offset(piece: string, ms: number): string {
  if (piece.startsWith('Z') && ms === 0) return 'Z';
  const minutes = Math.abs(ms) / 60_000;
  const [hours, rest] = [Math.floor(minutes / 60), Math.floor(minutes % 60)].map((n) => String(n).padStart(2, '0'));
  const sign = ms < 0 ? '-' : '+';
  if (piece === '-07') return sign + hours;
  return `${sign}${hours}${piece.includes(':') ? ':' : ''}${rest}`;
}

/** `CET`; where the runtime knows none the offset, as Go does for zones without one. */
function abbreviation(timeMs: number, timeZone: string): string {
  if (timeZone === 'UTC') return 'UTC';
  for (const locale of LOCALES) {
    const format = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' });
    const name = format.formatToParts(timeMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    if (/^[A-Z]{2,5}$/.test(name)) return name;
  }
  const text = offset('-0700', offsetMs(timeZone, timeMs));
  return text.endsWith('00') ? text.slice(0, 3) : text;
}
