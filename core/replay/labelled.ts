import { parseMatchers } from '../alerting/routing/matchers.ts';
import { type Matcher, matches } from '../promql/matchers.ts';
import { type YamlNode, YamlReader } from '../yaml/reader.ts';
import type { Firing } from './journal.ts';
import { isHeartbeat } from './people.ts';

/** Something that people know to have happened: what the rules should have told of. */
export interface LabelledIncident {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** An alert whose labels match tells of it; empty: any alert. */
  readonly matchers: readonly Matcher[];
  readonly place: string;
}

/**
 * Reads a file of incidents: `incidents:` with `name`, `from`, `to` (RFC 3339) and `matchers` (as in Alertmanager).
 * @throws ConfigurationError with every problem and its place
 */
export function parseIncidents(text: string, file: string): LabelledIncident[] {
  const yaml = new YamlReader(file, text);
  const top = yaml.fields(yaml.root, 'the file', ['incidents']);
  const names = new Set<string>();
  const incidents = yaml.items(top.get('incidents'), 'incidents').flatMap((node): LabelledIncident[] => {
    const fields = yaml.fields(node, 'an incident', ['name', 'from', 'to', 'matchers']);
    const name = yaml.text(fields.get('name'), 'name') ?? '';
    if (name === '') yaml.problem(node, 'an incident has no name');
    if (names.has(name)) yaml.problem(node, `two incidents are named "${name}"`);
    names.add(name);
    const fromMs = time(yaml, fields.get('from') ?? node, fields.get('from'), 'from');
    const toMs = time(yaml, fields.get('to') ?? node, fields.get('to'), 'to');
    if (toMs < fromMs) yaml.problem(fields.get('to'), 'an incident ends before it begins');
    const { line, column } = yaml.position(node);
    return [
      { name, fromMs, toMs, matchers: readMatchers(yaml, fields.get('matchers')), place: `${file}:${line}:${column}` },
    ];
  });
  yaml.finish();
  return incidents;
}

function time(yaml: YamlReader, at: YamlNode, node: YamlNode, what: string): number {
  const text = yaml.text(node, what);
  if (text === undefined) {
    yaml.problem(at, `an incident has no "${what}": write a time such as 2026-11-03T14:05:00Z`);
    return Number.NaN;
  }
  const ms = Date.parse(text);
  if (Number.isNaN(ms))
    yaml.problem(node, `${what} must be a time such as 2026-11-03T14:05:00Z, got ${JSON.stringify(text)}`);
  return ms;
}

function readMatchers(yaml: YamlReader, node: YamlNode): Matcher[] {
  if (!node) return [];
  return yaml.items(node, 'matchers').flatMap((item) => {
    try {
      return parseMatchers(yaml.text(item, 'a matcher') ?? '');
    } catch (error) {
      yaml.problem(item, (error as Error).message);
      return [];
    }
  });
}

export interface CaughtIncident {
  readonly name: string;
  /** The rule whose alert told first; undefined: missed. */
  readonly caughtBy: string | undefined;
  /** From the incident's begin to the first alert, ms; negative: the alert was there before. */
  readonly delayMs: number | undefined;
  /** From the first alert to the incident's end, ms: what was left to act. */
  readonly leadMs: number | undefined;
  /** From the incident's begin to the first page, ms; undefined: nobody was paged. */
  readonly pagedAfterMs: number | undefined;
}

export interface RulePrecision {
  readonly rule: string;
  /** Alerts, and how many of them told of an incident. */
  readonly fired: number;
  readonly right: number;
  /** Incidents that its alerts told of. */
  readonly incidents: number;
}

export interface Labelled {
  readonly incidents: readonly CaughtIncident[];
  readonly caught: number;
  readonly rules: readonly RulePrecision[];
  /** Alerts that told of no incident. */
  readonly falseAlarms: number;
  readonly falseAlarmsPerDay: number;
  /** Share of alerts that told of an incident, and of incidents that were told of; undefined of none. */
  readonly precision: number | undefined;
  readonly recall: number | undefined;
}

/** An alert that fires up to this long before an incident still tells of it: it saw it coming. */
const EARLY_MS = 10 * 60_000;

/** Holds what fired against what happened. An alert tells of an incident when it matches and fires while it lasts. */
export function judge(
  incidents: readonly LabelledIncident[],
  all: readonly Firing[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Labelled {
  const firings = all.filter(({ labels }) => !isHeartbeat(labels));
  const right = new Map<Firing, Set<string>>();
  const caught = incidents.map((incident): CaughtIncident => {
    const told = firings.filter((firing) => tellsOf(firing, incident, toMs));
    for (const firing of told) right.set(firing, (right.get(firing) ?? new Set()).add(incident.name));
    const first = told.reduce<Firing | undefined>(
      (best, one) => (best && best.fromMs <= one.fromMs ? best : one),
      undefined,
    );
    const pages = told.flatMap(({ pagedAtMs }) => (pagedAtMs === undefined ? [] : [pagedAtMs]));
    return {
      name: incident.name,
      caughtBy: first?.rule,
      delayMs: first && first.fromMs - incident.fromMs,
      leadMs: first && incident.toMs - first.fromMs,
      pagedAfterMs: pages.length > 0 ? Math.min(...pages) - incident.fromMs : undefined,
    };
  });
  const names = [...new Set(firings.map(({ rule }) => rule))].sort();
  const falseAlarms = firings.length - right.size;
  const found = caught.filter(({ caughtBy }) => caughtBy !== undefined).length;
  return {
    incidents: caught,
    caught: found,
    rules: names.map((rule) => {
      const own = firings.filter((firing) => firing.rule === rule);
      const rightOnes = own.filter((firing) => right.has(firing));
      const of = new Set(rightOnes.flatMap((firing) => [...(right.get(firing) ?? [])]));
      return { rule, fired: own.length, right: rightOnes.length, incidents: of.size };
    }),
    falseAlarms,
    falseAlarmsPerDay: falseAlarms / Math.max((toMs - fromMs) / 86_400_000, 1 / 1440),
    precision: firings.length > 0 ? right.size / firings.length : undefined,
    recall: incidents.length > 0 ? found / incidents.length : undefined,
  };
}

function tellsOf(firing: Firing, { fromMs, toMs, matchers }: LabelledIncident, endMs: number): boolean {
  const isMeanwhile = firing.fromMs <= toMs && (firing.toMs ?? endMs) >= fromMs && firing.fromMs >= fromMs - EARLY_MS;
  return isMeanwhile && matches(firing.labels, matchers);
}
