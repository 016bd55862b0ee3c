import { didYouMean } from '../../yaml/did-you-mean.ts';
import type { YamlFields, YamlNode, YamlReader } from '../../yaml/reader.ts';
import { isZoneFile } from './local-time.ts';
import type { Range, TimeInterval } from './time-interval.ts';

const FIELDS = ['times', 'weekdays', 'days_of_month', 'months', 'years', 'location'];
const WEEKDAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const TIME = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;
/** The shortest month: what is the wrong way round in it is wrong in every month. */
const SHORTEST_MONTH = 28;

type Member = (text: string) => number | undefined;

const whole: Member = (text) => (/^[+-]?\d+$/.test(text) ? Number(text) : undefined);
const weekday: Member = (text) => found(WEEKDAYS.indexOf(text));
const month: Member = (text) => {
  const named = found(MONTHS.indexOf(text));
  return named === undefined ? whole(text) : named + 1;
};

/** Reads `time_intervals`, and `mute_time_intervals` as they were once called, of the top of a configuration. */
export function readTimeIntervals(yaml: YamlReader, top: YamlFields): Record<string, readonly TimeInterval[]> {
  const intervals: Record<string, readonly TimeInterval[]> = {};
  for (const list of ['time_intervals', 'mute_time_intervals']) {
    for (const node of yaml.items(top.get(list), list)) {
      const fields = yaml.fields(node, `an item of ${list}`, ['name', 'time_intervals']);
      const name = yaml.text(fields.get('name'), 'the name of a time interval') ?? '';
      if (name === '') yaml.problem(node, 'a time interval has no name: routes could not refer to it');
      if (Object.hasOwn(intervals, name)) yaml.problem(node, `two time intervals are named "${name}"`);
      intervals[name] = yaml
        .items(fields.get('time_intervals'), `time_intervals of "${name}"`)
        .map((item) => readInterval(yaml, item));
    }
  }
  return intervals;
}

function readInterval(yaml: YamlReader, node: YamlNode): TimeInterval {
  const fields = yaml.fields(node, 'a time interval', FIELDS);
  const ranges = (name: string, member: Member, example: string, check: Check): readonly Range[] | undefined => {
    const list = fields.get(name);
    if (!list) return undefined;
    return yaml.items(list, name).flatMap((item) => readRange(yaml, item, name, member, example, check));
  };
  const interval = {
    times: fields.get('times')
      ? yaml.items(fields.get('times'), 'times').flatMap((t) => readTimes(yaml, t))
      : undefined,
    weekdays: ranges('weekdays', weekday, 'monday or monday:friday', inOrder),
    daysOfMonth: ranges('days_of_month', whole, '1, 1:7 or -3:-1', isDayRange),
    months: ranges('months', month, 'january, 1 or june:august', inOrder),
    years: ranges('years', whole, '2030 or 2030:2032', inOrder),
    location: readLocation(yaml, fields.get('location')),
  };
  return Object.fromEntries(Object.entries(interval).filter(([, value]) => value !== undefined)) as TimeInterval;
}

/** What is wrong with a range, if anything. */
type Check = (range: Range) => string | undefined;

const inOrder: Check = ({ from, to }) => (from > to ? 'its end is before its start' : undefined);

const isDayRange: Check = ({ from, to }) => {
  if ([from, to].some((day) => day === 0 || Math.abs(day) > 31)) return 'days are 1 to 31, or -1 (the last) to -31';
  if (from < 0 && to > 0) return 'its end must be negative too when its start is';
  const [first, last] = [from, to].map((day) => (day < 0 ? SHORTEST_MONTH + day : day)) as [number, number];
  return first > last ? 'its end is always before its start' : undefined;
};

function readRange(
  yaml: YamlReader,
  node: YamlNode,
  name: string,
  member: Member,
  example: string,
  check: Check,
): Range[] {
  const text = yaml.text(node, `an item of ${name}`)?.toLowerCase();
  if (text === undefined) return [];
  const parts = text.split(':');
  const [from, to = from] = parts.map((part) => member(part));
  if (parts.length > 2 || from === undefined || to === undefined || parts.some((part) => part === '')) {
    const names = name === 'weekdays' ? WEEKDAYS : name === 'months' ? MONTHS : [];
    const wrong = parts.find((part) => member(part) === undefined);
    const hint = names.length > 0 && wrong !== undefined ? `; ${didYouMean(wrong, names)}` : '';
    yaml.problem(node, `${name} must be like ${example}, got ${JSON.stringify(text)}${hint}`);
    return [];
  }
  const range = { from, to };
  const problem = check(range);
  if (problem !== undefined) yaml.problem(node, `${name} ${JSON.stringify(text)} cannot be: ${problem}`);
  return [range];
}

function readTimes(yaml: YamlReader, node: YamlNode): Range[] {
  const fields = yaml.fields(node, 'an item of times', ['start_time', 'end_time']);
  const [from, to] = ['start_time', 'end_time'].map((name) => {
    const text = yaml.text(fields.get(name), name);
    const match = text === undefined ? null : TIME.exec(text);
    if (!match) {
      yaml.problem(
        fields.get(name) ?? node,
        `${name} must be like "08:30", "24:00" at the latest, got ${text ?? 'none'}`,
      );
      return undefined;
    }
    return match[1] === undefined ? 1440 : Number(match[1]) * 60 + Number(match[2]);
  });
  if (from === undefined || to === undefined) return [];
  if (from >= to) {
    yaml.problem(
      node,
      'end_time must be after start_time; for a night give two items, one to "24:00", one from "00:00"',
    );
  }
  return [{ from, to }];
}

function readLocation(yaml: YamlReader, node: YamlNode): string | undefined {
  const name = yaml.text(node, 'location');
  if (name === undefined || name === '') return undefined;
  if (isZoneFile(name)) return name;
  if (name === 'Local') {
    yaml.warning(node, 'location Local is the zone of the machine, which is UTC here: name the zone that you mean');
    return undefined;
  }
  yaml.problem(node, `location must be a time zone such as Europe/Berlin or UTC, got ${JSON.stringify(name)}`);
  return undefined;
}

function found(index: number): number | undefined {
  return index < 0 ? undefined : index;
}
