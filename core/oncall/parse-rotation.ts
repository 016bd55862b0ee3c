import { parseDuration } from '../promql/durations.ts';
import { didYouMean } from '../yaml/did-you-mean.ts';
import type { YamlNode, YamlReader } from '../yaml/reader.ts';
import type { Restriction, Rotation } from './config.ts';
import { readClock, readDate, WEEKDAYS } from './local-time.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;
const EVERY: Readonly<Record<string, number>> = { daily: DAY_MS, weekly: 7 * DAY_MS };

/** Reads one rotation of a schedule; `readPeople` checks the handles. */
export function readRotation(
  yaml: YamlReader,
  node: YamlNode,
  readPeople: (node: YamlNode, what: string) => string[],
): Rotation {
  const fields = yaml.fields(node, 'a rotation', ['name', 'every', 'handover', 'start', 'people', 'restrictions']);
  const name = yaml.text(fields.get('name'), 'the name of a rotation') ?? '';
  if (name === '') yaml.problem(node, 'a rotation has no name');
  const people = readPeople(fields.get('people'), `the people of rotation "${name}"`);
  if (people.length === 0) yaml.problem(node, `rotation "${name}" has no people: nobody would be on call`);
  const restrictions = yaml
    .items(fields.get('restrictions'), 'restrictions')
    .map((item) => readRestriction(yaml, item))
    .filter((restriction) => restriction !== undefined);
  const turnLocalMs = readEvery(yaml, node, fields.get('every'));
  const { weekday, minute } = readHandover(yaml, node, fields.get('handover'), turnLocalMs);
  const day = readStart(yaml, node, fields.get('start'), weekday);
  return { name, people, restrictions, turnLocalMs, startLocalMs: day + minute * MINUTE_MS };
}

function readEvery(yaml: YamlReader, rotation: YamlNode, node: YamlNode): number {
  const text = yaml.text(node, 'every');
  const turn = EVERY[text ?? ''] ?? parseDuration(text ?? '');
  if (turn !== undefined && turn >= HOUR_MS && turn % HOUR_MS === 0) return turn;
  const got = text === undefined ? 'it is missing' : `got ${JSON.stringify(text)}`;
  yaml.problem(node ?? rotation, `every must be daily, weekly or whole hours like 12h, 3d or 2w; ${got}`);
  return DAY_MS;
}

function readHandover(
  yaml: YamlReader,
  rotation: YamlNode,
  node: YamlNode,
  turn: number,
): { weekday?: number; minute: number } {
  const text = yaml.text(node, 'handover');
  const [clock = '', day, ...rest] = (text ?? '').trim().toLowerCase().split(/\s+/).toReversed();
  const minute = readClock(clock);
  if (minute === undefined || minute === 24 * 60 || rest.length > 0) {
    const got = text === undefined ? 'it is missing' : `got ${JSON.stringify(text)}`;
    yaml.problem(node ?? rotation, `handover must be a time like 09:00, or with a weekday "monday 09:00"; ${got}`);
    return { minute: 0 };
  }
  if (day === undefined) return { minute };
  const weekday = weekdayOf(yaml, node, day);
  if (weekday === undefined) return { minute };
  if (turn % (7 * DAY_MS) !== 0) {
    yaml.problem(node, `handover has a weekday, but a turn is no whole number of weeks: say just ${clock}`);
  }
  return { weekday, minute };
}

function readStart(yaml: YamlReader, rotation: YamlNode, node: YamlNode, weekday: number | undefined): number {
  const text = yaml.text(node, 'start');
  const day = readDate(text ?? '');
  if (day === undefined) {
    const got = text === undefined ? 'it is missing' : `got ${JSON.stringify(text)}`;
    yaml.problem(node ?? rotation, `start must be a date like 2026-01-05, the first person's first day; ${got}`);
    return 0;
  }
  const actual = new Date(day).getUTCDay();
  if (weekday !== undefined && actual !== weekday) {
    const before = new Date(day - ((actual - weekday + 7) % 7) * DAY_MS).toISOString().slice(0, 10);
    yaml.problem(
      node,
      `start ${text} is a ${WEEKDAYS[actual]}, but the handover is on ${WEEKDAYS[weekday]}: say ${before}`,
    );
  }
  return day;
}

function readRestriction(yaml: YamlReader, node: YamlNode): Restriction | undefined {
  const fields = yaml.fields(node, 'a restriction', ['weekdays', 'hours']);
  if (fields.size === 0) yaml.problem(node, 'a restriction needs weekdays, hours or both');
  const listed = yaml.texts(fields.get('weekdays'), 'weekdays');
  const weekdays = listed.flatMap((text) => readWeekdays(yaml, fields.get('weekdays'), text));
  const hours = yaml.text(fields.get('hours'), 'hours') ?? '00:00-24:00';
  const [fromMinute, toMinute, ...rest] = hours.split('-').map((clock) => readClock(clock.trim()));
  if (fromMinute === undefined || toMinute === undefined || fromMinute === 24 * 60 || rest.length > 0) {
    yaml.problem(fields.get('hours'), `hours must be like 18:00-08:00, got ${JSON.stringify(hours)}`);
    return undefined;
  }
  return { weekdays: listed.length > 0 ? weekdays : [0, 1, 2, 3, 4, 5, 6], fromMinute, toMinute };
}

/** `saturday`, or `monday:friday` as in Alertmanager's time intervals. */
function readWeekdays(yaml: YamlReader, node: YamlNode, text: string): number[] {
  const [first, last, ...rest] = text
    .toLowerCase()
    .split(':')
    .map((day) => weekdayOf(yaml, node, day.trim()));
  if (rest.length > 0)
    yaml.problem(node, `weekdays must be like saturday or monday:friday, got ${JSON.stringify(text)}`);
  if (first === undefined) return [];
  const until = last ?? first;
  return Array.from({ length: ((until - first + 7) % 7) + 1 }, (_, i) => (first + i) % 7);
}

function weekdayOf(yaml: YamlReader, node: YamlNode, text: string): number | undefined {
  const found = WEEKDAYS.findIndex((name) => name === text || name.slice(0, 3) === text);
  if (found >= 0) return found;
  yaml.problem(node, `${JSON.stringify(text)} is no weekday; ${didYouMean(text, WEEKDAYS)}`);
  return undefined;
}
