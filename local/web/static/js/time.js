/** Times and durations as people say them. */

const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

export function clock(ms) {
  return CLOCK.format(new Date(ms));
}

const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short' });

/** A time with its day where that is not today: `14:05:12`, `Fri, Nov 27 09:00:00`. */
export function moment(ms, nowMs) {
  const isToday = new Date(ms).toDateString() === new Date(nowMs).toDateString();
  return isToday ? clock(ms) : `${DAY.format(new Date(ms))} ${clock(ms)}`;
}

/** `4 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.floor(minutes / 60)} h`;
}

export function ago(ms, nowMs) {
  return nowMs - ms < 2000 ? 'just now' : `${duration(nowMs - ms)} ago`;
}

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `10s`, `2m`, `1h`. */
export function milliseconds(text) {
  const [, amount, unit] = /^(\d+)(s|m|h|d)$/.exec(text) ?? [];
  return amount ? Number(amount) * UNITS[unit] : undefined;
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].map((seconds) => seconds * 1000);

/** The interval of one point: a round one, so that a chart of that width has no more points than it can show. */
export function intervalFor(rangeMs, pixels, shortestMs = 1000) {
  const exact = Math.max(rangeMs / Math.max(1, pixels), shortestMs);
  return STEPS.find((step) => step >= exact) ?? STEPS.at(-1);
}
