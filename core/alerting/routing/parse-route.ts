import { isCollection, isScalar } from 'yaml';
import { formatMatchers, type Matcher } from '../../promql/matchers.ts';
import type { YamlNode, YamlReader } from '../../yaml/reader.ts';
import type { Route } from './config.ts';
import { readMatcherFields } from './read-matchers.ts';
import { timingProblems } from './timings.ts';

const ROUTE_FIELDS = [
  'receiver group_by group_wait group_interval repeat_interval matchers match match_re continue',
  'routes mute_time_intervals active_time_intervals',
].flatMap((line) => line.split(' '));
const CONDITIONS = ['matchers', 'match', 'match_re', 'mute_time_intervals', 'active_time_intervals'];

const TIMINGS = ['group_wait', 'group_interval', 'repeat_interval', 'mute_time_intervals'];

type Inherited = Pick<Route, 'key' | 'receiver' | 'groupBy' | 'groupWaitMs' | 'groupIntervalMs' | 'repeatIntervalMs'>;

/** Alertmanager's defaults. */
export const ROOT_DEFAULTS: Inherited = {
  key: '',
  receiver: '',
  groupBy: [],
  groupWaitMs: 30_000,
  groupIntervalMs: 5 * 60_000,
  repeatIntervalMs: 4 * 3_600_000,
};

/** Notes a name to which nothing belongs, and a timing that cannot work. */
export interface RouteChecks {
  readonly receiver: (node: YamlNode, name: string) => void;
  readonly timeInterval: (node: YamlNode, name: string) => void;
  readonly timing: (node: YamlNode, text: string) => void;
}

/** Reads a route and those below it. */
export function readRoute(
  yaml: YamlReader,
  node: YamlNode,
  inherited: Inherited,
  isRoot: boolean,
  checks: RouteChecks,
): Route {
  const fields = yaml.fields(node, 'a route', ROUTE_FIELDS);
  const receiver = yaml.text(fields.get('receiver'), 'receiver');
  if (receiver !== undefined) checks.receiver(fields.get('receiver'), receiver);
  else if (isRoot && node) yaml.problem(node, 'the first route has no receiver: it catches what no other route takes');
  for (const name of isRoot ? [...CONDITIONS, 'continue'] : []) {
    const condition = fields.get(name);
    if (condition && !isEmpty(condition)) {
      yaml.problem(condition, `the first route takes every alert, it cannot have ${name}`);
    }
  }
  const intervals = (name: string): string[] =>
    yaml.items(fields.get(name), name).flatMap((item) => {
      const interval = yaml.text(item, `an item of ${name}`);
      if (interval !== undefined) checks.timeInterval(item, interval);
      return interval ?? [];
    });
  const timing = (name: string, mayBeZero: boolean): number | undefined => {
    const ms = yaml.durationMs(fields.get(name), name);
    if (ms === 0 && !mayBeZero) yaml.problem(fields.get(name), `${name} must be longer than 0s`);
    return ms;
  };
  const matchers = inOrder(readMatcherFields(yaml, fields, ''));
  const own: Inherited = {
    key: `${inherited.key}${isRoot ? '' : '/'}${formatMatchers(matchers)}`,
    receiver: receiver ?? inherited.receiver,
    groupBy: readGroupBy(yaml, fields.get('group_by')) ?? inherited.groupBy,
    groupWaitMs: timing('group_wait', true) ?? inherited.groupWaitMs,
    groupIntervalMs: timing('group_interval', false) ?? inherited.groupIntervalMs,
    repeatIntervalMs: timing('repeat_interval', false) ?? inherited.repeatIntervalMs,
  };
  const times = {
    muteTimeIntervals: intervals('mute_time_intervals'),
    activeTimeIntervals: intervals('active_time_intervals'),
  };
  // Where they are written, not again on every route that inherits them.
  if (TIMINGS.some((name) => fields.get(name))) {
    for (const { field, text } of timingProblems({ ...own, ...times })) checks.timing(fields.get(field) ?? node, text);
  }
  return {
    ...own,
    ...times,
    matchers,
    continue: yaml.boolean(fields.get('continue'), 'continue') ?? false,
    routes: yaml.items(fields.get('routes'), 'routes').map((child) => readRoute(yaml, child, own, false, checks)),
  };
}

/** Says nothing: `{}`, `[]`, `false`. */
function isEmpty(node: YamlNode): boolean {
  return isCollection(node) ? node.items.length === 0 : isScalar(node) && node.value === false;
}

/** Alertmanager's order, so that a route's key is what Alertmanager writes. */
function inOrder(matchers: readonly Matcher[]): Matcher[] {
  const key = ({ name, value }: Matcher): string => `${name}\0${value}`;
  return matchers.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

function readGroupBy(yaml: YamlReader, node: YamlNode): readonly string[] | 'all' | undefined {
  const names = yaml.texts(node, 'group_by');
  // An empty list says nothing, as in Alertmanager: what the parent says holds.
  if (names.length === 0) return undefined;
  if (new Set(names).size < names.length) yaml.problem(node, 'group_by names a label twice');
  if (names.includes('')) yaml.problem(node, 'group_by has an empty name: name a label');
  if (!names.includes('...')) return names;
  if (names.length > 1) yaml.problem(node, 'group_by has "..." (all labels) beside other names: keep one of the two');
  return 'all';
}
