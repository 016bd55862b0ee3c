import { didYouMean } from '../yaml/did-you-mean.ts';
import { type YamlNode, YamlReader } from '../yaml/reader.ts';
import type { OncallConfig, Override, Person, Rotation, Schedule } from './config.ts';
import { formatInstant, readInstant } from './local-time.ts';
import { readPerson, readTimeZone } from './parse-person.ts';
import { readRotation } from './parse-rotation.ts';

/**
 * Reads oncall.yaml.
 * @throws ConfigurationError with every problem and its place
 */
export function parseOncall(text: string, file = 'oncall.yaml'): OncallConfig {
  const yaml = new YamlReader(file, text);
  const top = yaml.fields(yaml.root, 'the file', ['people', 'schedules']);
  const people = new Map<string, Person>();
  for (const node of yaml.items(top.get('people'), 'people')) {
    const person = readPerson(yaml, node);
    if (people.has(person.name)) yaml.problem(node, `two people are named "${person.name}"`);
    people.set(person.name, person);
  }
  const schedules = new Map<string, Schedule>();
  for (const node of yaml.items(top.get('schedules'), 'schedules')) {
    const schedule = readSchedule(yaml, node, [...people.keys()]);
    if (schedules.has(schedule.name)) yaml.problem(node, `two schedules are named "${schedule.name}"`);
    schedules.set(schedule.name, schedule);
  }
  yaml.finish();
  return { people, schedules, warnings: yaml.warnings };
}

function readSchedule(yaml: YamlReader, node: YamlNode, handles: readonly string[]): Schedule {
  const fields = yaml.fields(node, 'a schedule', ['name', 'timeZone', 'rotations', 'overrides']);
  const name = yaml.text(fields.get('name'), 'the name of a schedule') ?? '';
  if (name === '') yaml.problem(node, 'a schedule has no name');
  const timeZone = readTimeZone(yaml, node, fields.get('timeZone'), `schedule "${name}"`);

  const readHandle = (item: YamlNode, what: string): string => {
    const handle = yaml.text(item, what) ?? '';
    if (!handles.includes(handle)) {
      yaml.problem(item, `people has no ${JSON.stringify(handle)}; ${didYouMean(handle, handles)}`);
    }
    return handle;
  };
  const readHandles = (list: YamlNode, what: string): string[] =>
    yaml.items(list, what).map((item) => readHandle(item, what));

  const rotations: Rotation[] = [];
  for (const item of yaml.items(fields.get('rotations'), 'rotations')) {
    const rotation = readRotation(yaml, item, readHandles);
    if (rotations.some((other) => other.name === rotation.name)) {
      yaml.problem(item, `two rotations of schedule "${name}" are named "${rotation.name}"`);
    }
    rotations.push(rotation);
  }
  if (rotations.length === 0) yaml.problem(node, `schedule "${name}" has no rotations: nobody would be on call`);

  const overrides: Override[] = [];
  for (const item of yaml.items(fields.get('overrides'), 'overrides')) {
    const override = readOverride(yaml, item, timeZone, readHandle);
    const covered = overrides.find(({ fromMs, toMs }) => override.fromMs < toMs && fromMs < override.toMs);
    if (covered) {
      const since = formatInstant(covered.fromMs, timeZone);
      yaml.warning(
        item,
        `this override covers that of "${covered.person}" from ${since}: the later one in the file wins`,
      );
    }
    overrides.push(override);
  }
  return { name, timeZone, rotations, overrides };
}

function readOverride(
  yaml: YamlReader,
  node: YamlNode,
  timeZone: string,
  readHandle: (node: YamlNode, what: string) => string,
): Override {
  const fields = yaml.fields(node, 'an override', ['person', 'from', 'to', 'reason']);
  const person = readHandle(fields.get('person') ?? node, 'the person of an override');
  const readBound = (bound: 'from' | 'to'): number => {
    const text = yaml.text(fields.get(bound), bound);
    const instant = readInstant(text ?? '', timeZone);
    if (instant !== undefined) return instant;
    const got = text === undefined ? 'it is missing' : `got ${JSON.stringify(text)}`;
    yaml.problem(fields.get(bound) ?? node, `${bound} must be a time like 2026-12-24 18:00; ${got}`);
    return Number.NaN;
  };
  const [fromMs, toMs] = [readBound('from'), readBound('to')];
  if (toMs <= fromMs) yaml.problem(fields.get('to'), 'to must be after from');
  const reason = yaml.text(fields.get('reason'), 'reason') ?? '';
  if (reason === '') yaml.problem(node, 'an override has no reason: say why, somebody will ask');
  return { person, fromMs, toMs, reason };
}
