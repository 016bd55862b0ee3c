/**
 * Random but seeded lives of a few alerts under a random Alertmanager configuration, for the real Alertmanager and for
 * our own chain. Times are whole seconds: events at even ones, group waits odd and intervals even, so that flushes fall
 * between events with a second to spare on either side.
 */
export interface Scenario {
  readonly name: string;
  /** A node below the root route, with the receivers and inhibit rules that it needs. */
  readonly route: Readonly<Record<string, unknown>>;
  readonly receivers: readonly { readonly name: string; readonly sendResolved: readonly boolean[] }[];
  readonly inhibitRules: readonly Readonly<Record<string, unknown>>[];
  readonly events: readonly ScenarioEvent[];
}

export type ScenarioEvent = { readonly at: number } & (
  | { readonly kind: 'fire'; readonly labels: Record<string, string>; readonly startsAt: number }
  | { readonly kind: 'resolve'; readonly labels: Record<string, string>; readonly startsAt: number }
  | {
      readonly kind: 'silence';
      readonly id: string;
      readonly endsAt: number;
      readonly matchers: readonly SimpleMatcher[];
    }
  | { readonly kind: 'expire'; readonly id: string }
);

export interface SimpleMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** Seconds from the first event to the end of the comparison. */
export const LENGTH = 36;
const LAST_EVENT = 30;
export const TIME_INTERVALS = [
  { name: 'always', time_intervals: [{ times: [{ start_time: '00:00', end_time: '24:00' }] }] },
  { name: 'never', time_intervals: [{ years: ['1990'] }] },
  {
    name: 'weekday-or-weekend',
    time_intervals: [{ weekdays: ['monday:friday'] }, { weekdays: ['saturday', 'sunday'] }],
  },
];
const ALWAYS = ['always', 'weekday-or-weekend'];
const CONDITIONS = [
  ['sev="crit"'],
  ['sev!="crit"'],
  ['alertname=~"A|B"'],
  ['alertname!~"A|B"'],
  ['zone="x"'],
  ['zone=""'],
  ['zone!="x"', 'sev=~"c.*"'],
  ['{alertname="A",zone=~".+"}'],
];
const INHIBITIONS = [
  { source_matchers: ['sev="crit"'], target_matchers: ['sev="warn"'] },
  { source_matchers: ['alertname="A"'], target_matchers: ['alertname=~"A|B"'] },
  { source_match: { alertname: 'B' }, target_match_re: { sev: 'crit|warn' } },
  { source_matchers: ['zone=""'], target_matchers: ['zone!=""'] },
];

/** A random number from 0 to below 1, the same sequence for the same seed (mulberry32). */
export type Random = () => number;

export function randomOf(seed: number): Random {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function scenarioOf(number: number, attempt: number): Scenario {
  const name = String(number);
  const random = randomOf(number * 1009 + attempt);
  const chance = (p: number): boolean => random() < p;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const some = <T>(list: readonly T[]): T[] => list.filter(() => chance(0.5));
  const even = (from: number, to: number): number => from + 2 * Math.floor(random() * ((to - from) / 2 + 1));

  const receivers = Array.from({ length: 3 }, (_, i) => ({
    name: `s${name}-r${i}`,
    sendResolved: Array.from({ length: chance(0.3) ? 2 : 1 }, () => chance(0.6)),
  }));
  const groupBy = (): string[] => (chance(0.2) ? ['...'] : some(['alertname', 'zone', 'sev']));
  const timing = (p: number) => ({
    ...(chance(p) ? { group_wait: `${pick([1, 1, 3])}s` } : {}),
    ...(chance(p) ? { group_interval: `${pick([2, 4, 4, 6])}s` } : {}),
    ...(chance(p) ? { repeat_interval: `${pick([3, 7, 9, 13, 3600])}s` } : {}),
  });
  const children = (depth: number): Record<string, unknown>[] => {
    const conditions = some(CONDITIONS).slice(0, 3);
    return conditions.map((matchers) => ({
      matchers,
      ...(chance(0.7) ? { receiver: pick(receivers).name } : {}),
      ...(chance(0.4) ? { continue: true } : {}),
      ...(chance(0.4) ? { group_by: groupBy() } : {}),
      ...timing(0.3),
      ...(chance(0.12) ? { mute_time_intervals: [pick(['never', ...ALWAYS])] } : {}),
      ...(chance(0.12) ? { active_time_intervals: [pick(['never', ...ALWAYS])] } : {}),
      ...(depth > 0 && chance(0.4) ? { routes: children(depth - 1) } : {}),
    }));
  };
  const route = {
    matchers: [`scenario="${name}"`],
    receiver: receivers[0]?.name,
    group_by: groupBy(),
    ...timing(1),
    routes: children(1),
  };
  const inhibitRules = chance(0.5)
    ? some(INHIBITIONS).map((rule) => ({ ...within(name, rule), equal: some(['zone', 'alertname', 'absent']) }))
    : [];

  const events: ScenarioEvent[] = [];
  const alerts = 2 + Math.floor(random() * 4);
  for (let i = 0; i < alerts; i += 1) {
    const zone = pick(['x', 'y', '']);
    const labels = {
      scenario: name,
      id: `a${i}`,
      alertname: pick(['A', 'B', 'C']),
      sev: pick(['crit', 'warn']),
      ...(zone === '' ? {} : { zone }),
    };
    let at = even(0, 10);
    let startsAt = chance(0.15) ? at - pick([2, 5]) : at;
    while (at <= LAST_EVENT) {
      events.push({ kind: 'fire', at, labels, startsAt });
      at += even(2, 20);
      if (at > LAST_EVENT || chance(0.2)) break;
      events.push({ kind: 'resolve', at, labels, startsAt });
      at += even(2, 12);
      startsAt = at;
    }
  }
  for (let i = 0; chance(0.35) && i < 2; i += 1) {
    const at = even(0, 16);
    const id = `silence-${name}-${i}`;
    const [label, value] = pick([
      ['alertname', 'A'],
      ['sev', 'crit|nothing'],
      ['zone', ''],
      ['zone', 'x'],
    ]) as [string, string];
    const own = { name: 'scenario', value: name, isRegex: false, isEqual: true };
    const matchers = [own, { name: label, value, isRegex: value.includes('|'), isEqual: chance(0.8) }];
    const endsAt = at + even(4, 20);
    events.push({ kind: 'silence', at, id, endsAt, matchers });
    if (chance(0.3)) events.push({ kind: 'expire', at: at + 2, id });
  }
  return { name, route, receivers, inhibitRules, events: events.toSorted((a, b) => a.at - b.at) };
}

/** An inhibit rule that touches only the alerts of one scenario. */
function within(name: string, rule: Record<string, unknown>): Record<string, unknown> {
  const own = `scenario="${name}"`;
  const add = (side: string): string[] => [own, ...((rule[`${side}_matchers`] as string[] | undefined) ?? [])];
  return { ...rule, source_matchers: add('source'), target_matchers: add('target') };
}

/** The Alertmanager configuration of several scenarios; JSON is YAML. */
export function configurationOf(
  scenarios: readonly Scenario[],
  urlOf: (receiver: string, index: number) => string,
): string {
  const receivers = scenarios.flatMap((scenario) => scenario.receivers);
  return JSON.stringify({
    route: { receiver: 'nobody', routes: scenarios.map(({ route }) => route) },
    receivers: [
      { name: 'nobody' },
      ...receivers.map(({ name, sendResolved }) => ({
        name,
        webhook_configs: sendResolved.map((sends, i) => ({ url: urlOf(name, i), send_resolved: sends })),
      })),
    ],
    inhibit_rules: scenarios.flatMap(({ inhibitRules }) => inhibitRules),
    time_intervals: TIME_INTERVALS,
  });
}
