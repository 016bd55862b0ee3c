/** When something happens next. @returns epoch milliseconds after `afterMs`; undefined: never again */
export type Schedule = (afterMs: number) => number | undefined;

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Parses a schedule expression of EventBridge: `rate(5 minutes)`, `cron(0 18 ? * MON-FRI *)`, `at(2026-11-23T18:00:00)`.
 * Times are UTC. A rate counts from `startMs`.
 * @throws Error saying what is wrong with the expression
 */
export function parseSchedule(expression: string, startMs: number): Schedule {
  const [, kind = '', inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression.trim()) ?? [];
  const problem = (what: string) => new Error(`the schedule ${JSON.stringify(expression)} ${what}`);
  switch (kind) {
    case 'rate': {
      const [, count, unit = '', plural] = /^(\d+) (minute|hour|day)(s?)$/.exec(inner) ?? [];
      const value = Number(count);
      if (!(value >= 1)) throw problem('must be like rate(1 minute) or rate(5 minutes)');
      if ((value === 1) !== (plural === ''))
        throw problem('must have the singular after 1 and the plural after any other number');
      const everyMs = value * UNIT_MS[unit]!;
      return (afterMs) => startMs + (Math.floor((afterMs - startMs) / everyMs) + 1) * everyMs;
    }
    case 'at': {
      const atMs = Date.parse(`${inner}Z`);
      if (Number.isNaN(atMs)) throw problem('must be like at(2026-11-23T18:00:00)');
      return (afterMs) => (atMs > afterMs ? atMs : undefined);
    }
    case 'cron':
      return parseCron(inner, problem);
    default:
      throw problem('must be rate(...), cron(...) or at(...)');
  }
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names that stand for `least`, `least + 1`, ... */
  readonly names?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: 'minutes', least: 0, most: 59 },
  { name: 'hours', least: 0, most: 23 },
  { name: 'day of month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  { name: 'day of week', least: 1, most: 7, names: DAYS },
  { name: 'year', least: 1970, most: 2199 },
];

type Matcher = (value: number) => boolean;

function parseCron(inner: string, problem: (what: string) => Error): Schedule {
  const texts = inner.trim().split(/\s+/);
  if (texts.length !== 6)
    throw problem(`has ${texts.length} fields, must have 6: ${FIELDS.map(({ name }) => name).join(', ')}`);
  if ((texts[2] === '?') === (texts[4] === '?')) throw problem('must have ? in either day of month or day of week');
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = FIELDS.map((field, index) =>
    parseField(texts[index] ?? '', field, problem),
  ) as [Matcher, Matcher, Matcher, Matcher, Matcher, Matcher];

  const isDay = (time: Date): boolean => {
    const last = new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + 1, 0)).getUTCDate();
    const inMonth = texts[2] === 'L' ? time.getUTCDate() === last : dayOfMonth(time.getUTCDate());
    return year(time.getUTCFullYear()) && month(time.getUTCMonth() + 1) && inMonth && dayOfWeek(time.getUTCDay() + 1);
  };

  return (afterMs) => {
    const time = new Date(Math.floor(afterMs / 60_000) * 60_000 + 60_000);
    // Four years hold every date there is; a step is a day, an hour or a minute.
    const until = afterMs + 4 * 366 * UNIT_MS.day!;
    while (time.getTime() <= until) {
      if (!isDay(time)) time.setUTCHours(24, 0, 0, 0);
      else if (!hour(time.getUTCHours())) time.setUTCMinutes(60, 0, 0);
      else if (!minute(time.getUTCMinutes())) time.setUTCMinutes(time.getUTCMinutes() + 1);
      else return time.getTime();
    }
    return undefined;
  };
}

function parseField(text: string, field: Field, problem: (what: string) => Error): Matcher {
  if (text === '*' || text === '?' || (text === 'L' && field.name === 'day of month')) return () => true;
  const tests = text.split(',').map((part): Matcher => {
    const [, from, to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part) ?? [];
    if (from === undefined) throw problem(`has ${JSON.stringify(part)} as ${field.name}, which the twin does not know`);
    const low = from === '*' ? field.least : numberOf(from, field, problem);
    const high =
      to !== undefined ? numberOf(to, field, problem) : step !== undefined || from === '*' ? field.most : low;
    const every = step === undefined ? 1 : Number(step);
    return (value) => value >= low && value <= high && (value - low) % every === 0;
  });
  return (value) => tests.some((test) => test(value));
}

function numberOf(text: string, { name, least, most, names }: Field, problem: (what: string) => Error): number {
  const index = names?.indexOf(text.toUpperCase()) ?? -1;
  const value = index >= 0 ? index + least : Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw problem(`has ${JSON.stringify(text)} as ${name}, must be ${least} to ${most}`);
}
