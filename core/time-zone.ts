const DAY_MS = 86_400_000;
/** Clocks are changed on a quarter of an hour of UTC, everywhere since 1972. */
const QUARTER_MS = 900_000;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** Offset from UTC at a time that was asked for, in ms. A year takes some 400 entries. */
  readonly offsets: Map<number, number>;
}

/** Making a formatter takes longer than a thousand uses of it. */
const zones = new Map<string, Zone>();

function zoneOf(name: string): Zone {
  let zone = zones.get(name);
  if (!zone) {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    zone = { format, offsets: new Map() };
    zones.set(name, zone);
  }
  return zone;
}

/** Whether this is a name of the IANA database, such as `Europe/Berlin` or `UTC`. */
export function isTimeZone(name: string): boolean {
  // Some runtimes take +01:00 for a zone, others do not; it has no daylight saving anyway.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return zoneOf(name) !== undefined;
  } catch {
    return false;
  }
}

/** What the zone's clocks show more than UTC at this time, in ms. */
export function offsetMs(timeZone: string, timeMs: number): number {
  const zone = zoneOf(timeZone);
  const day = Math.floor(timeMs / DAY_MS);
  const [start, end] = [offsetAt(zone, day * DAY_MS), offsetAt(zone, (day + 1) * DAY_MS)];
  return start === end ? start : offsetAt(zone, Math.floor(timeMs / QUARTER_MS) * QUARTER_MS);
}

function offsetAt({ format, offsets }: Zone, timeMs: number): number {
  const known = offsets.get(timeMs);
  if (known !== undefined) return known;
  const text = format.formatToParts(timeMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes, seconds] = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(text) ?? [];
  const size = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  const offset = (sign === '-' ? -size : size) * 1000;
  offsets.set(timeMs, offset);
  return offset;
}

/**
 * What the zone's clocks show, as the ms that UTC would have when its clocks show the same: 09:00 on 1 January 1970 in
 * Berlin is 32,400,000.
 */
export function localMs(timeZone: string, timeMs: number): number {
  return timeMs + offsetMs(timeZone, timeMs);
}

/**
 * The first instant at which the zone's clocks show this local time or a later one. So a time that exists twice is its
 * first, and a time that is skipped is when the clocks are put forward. A later local time is never an earlier instant,
 * which is why shifts made of such instants neither leave a gap nor overlap.
 * @param local as `localMs` gives
 */
export function instantOf(timeZone: string, local: number): number {
  const [before, after] = [offsetMs(timeZone, local - DAY_MS), offsetMs(timeZone, local + DAY_MS)];
  if (before === after) return local - before;
  const found = [local - before, local - after].filter((timeMs) => localMs(timeZone, timeMs) === local);
  return found.length > 0 ? Math.min(...found) : forwardBetween(timeZone, local, local - after, local - before);
}

/** When the clocks are put forward over `local`; they show less at `early`, more at `late`. */
function forwardBetween(timeZone: string, local: number, early: number, late: number): number {
  let [low, high] = [Math.floor(early / QUARTER_MS), Math.ceil(late / QUARTER_MS)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (localMs(timeZone, middle * QUARTER_MS) < local) low = middle;
    else high = middle;
  }
  return high * QUARTER_MS;
}
