import type { ReplayReport } from './report.ts';

/** Figures of two rule sets on the same series, side by side. */
export interface Comparison {
  readonly figures: readonly { readonly what: string; readonly before: number; readonly after: number }[];
  /** Rules by name whose number of alerts differs; undefined: there is no such rule. */
  readonly rules: readonly { readonly name: string; readonly before?: number; readonly after?: number }[];
  readonly lostIncidents: readonly string[];
  readonly wonIncidents: readonly string[];
}

export const FAILURES = ['lost-incidents', 'more-pages', 'more-false-alarms'] as const;
export type Failure = (typeof FAILURES)[number];

export function compareReports(before: ReplayReport, after: ReplayReport): Comparison {
  const figure = (what: string, of: (report: ReplayReport) => number | undefined) => {
    const [a, b] = [of(before), of(after)];
    return a === undefined || b === undefined ? [] : [{ what, before: a, after: b }];
  };
  const caught = (report: ReplayReport): string[] =>
    (report.labelled?.incidents ?? []).flatMap(({ name, caughtBy }) => (caughtBy === undefined ? [] : [name]));
  const [caughtBefore, caughtAfter] = [caught(before), caught(after)];
  return {
    figures: [
      ...figure('alerts', ({ alerts }) => alerts.fired),
      ...figure('incidents', ({ incidents }) => incidents.count),
      ...figure('pages', pagesOf),
      ...figure('other notifications', ({ notifications }) =>
        Object.values(notifications).reduce((sum, { others }) => sum + others, 0),
      ),
      ...figure('most pages of one addressee in an hour', ({ addressees }) =>
        addressees.reduce((most, { mostInAnHour }) => Math.max(most, mostInAnHour), 0),
      ),
      ...figure('USD', ({ costs }) => costs.usd),
      ...figure('incidents caught', ({ labelled }) => labelled?.caught),
      ...figure('false alarms a day', ({ labelled }) => labelled?.falseAlarmsPerDay),
    ],
    rules: changedRules(before, after),
    lostIncidents: caughtBefore.filter((name) => !caughtAfter.includes(name)),
    wonIncidents: caughtAfter.filter((name) => !caughtBefore.includes(name)),
  };
}

export function pagesOf({ notifications }: ReplayReport): number {
  return Object.values(notifications).reduce((sum, { pages }) => sum + pages, 0);
}

function changedRules(before: ReplayReport, after: ReplayReport): Comparison['rules'] {
  const counts = ({ rules }: ReplayReport): Map<string, number> => {
    const byName = new Map<string, number>();
    for (const { name, kind, fired } of rules) {
      if (kind === 'alerting') byName.set(name, (byName.get(name) ?? 0) + fired);
    }
    return byName;
  };
  const [a, b] = [counts(before), counts(after)];
  return [...new Set([...a.keys(), ...b.keys()])].sort().flatMap((name) => {
    const [was, is] = [a.get(name), b.get(name)];
    if (was === is) return [];
    return [{ name, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) }];
  });
}

/** Which of the failures that one asked for are there. */
export function failuresOf(comparison: Comparison, wanted: readonly Failure[]): Failure[] {
  const rose = (what: string): boolean =>
    comparison.figures.some((figure) => figure.what === what && figure.after > figure.before);
  const is: Readonly<Record<Failure, boolean>> = {
    'lost-incidents': comparison.lostIncidents.length > 0,
    'more-pages': rose('pages'),
    'more-false-alarms': rose('false alarms a day'),
  };
  return wanted.filter((failure) => is[failure]);
}
