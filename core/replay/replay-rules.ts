import type { ColumnStore } from '../promql/range/column-store.ts';
import { Arena } from '../promql/range/columns.ts';
import { RangeQuery } from '../promql/range/range-query.ts';
import type { Rule, RuleGroup } from '../rules/model.ts';
import { watermarkOf } from '../rules/watermark.ts';
import { alertingTrack, type TimedChange } from './alerting-track.ts';
import { recordingTrack } from './recording-track.ts';
import { chunks, loopIn, readsAlerts, spans, type Times } from './schedule.ts';
import type { Track } from './track.ts';

export interface RulesOptions extends Times {
  /** Of groups that name none. */
  readonly intervalMs: number;
  readonly lookbackMs: number;
}

/** What became of one rule. */
export interface RuleOutcome {
  readonly group: string;
  readonly rule: Rule;
  readonly evaluations: number;
  readonly errors: { readonly count: number; readonly last: string | undefined };
  /** Why it was evaluated one step at a time, at least partly, and how often. */
  readonly fallback?: { readonly why: string; readonly steps: number };
}

export interface RulesReplay {
  /** In order of time; at one time in the order of the rules. */
  readonly changes: readonly TimedChange[];
  readonly rules: readonly RuleOutcome[];
  /** The rule that reads what a later one writes, because of which nothing could be evaluated in one go. */
  readonly loop: string | undefined;
}

/**
 * Evaluates rules over stored series, from `fromMs` every interval up to `toMs`. Yields after each piece of work how much
 * of all is done, 0 to 1, so that whoever runs it can show it and stop. What the rules record is written to the store;
 * series that it has under these names are removed first.
 */
export function* replayRules(
  groups: readonly RuleGroup[],
  store: ColumnStore,
  { fromMs, toMs, intervalMs, lookbackMs }: RulesOptions,
): Generator<number, RulesReplay> {
  const changes: TimedChange[] = [];
  const writesAlerts = readsAlerts(groups);
  const loop = loopIn(groups);
  for (const rule of groups.flatMap(({ rules }) => rules)) if (rule.kind === 'recording') store.remove(rule.name);
  const runs = groups.map((group) => ({
    group,
    intervalMs: group.intervalMs ?? intervalMs,
    rules: group.rules.map((rule) => ({
      track: trackOf(rule, group, store, { lookbackMs, writesAlerts }, (change) => changes.push(change)),
      query: new RangeQuery(rule.query, store, lookbackMs),
      evaluations: 0,
    })),
  }));
  const arena = new Arena();
  const total = runs.reduce((sum, run) => sum + run.rules.length, 0);
  const intervals = runs.map((run) => run.intervalMs);
  for (const span of spans(intervals, { fromMs, toMs }, loop !== undefined)) {
    let done = 0;
    for (const { group, intervalMs: stepMs, rules } of runs) {
      // Rules of a group see at each time what the ones before recorded at that time.
      for (const one of rules) {
        for (const [firstMs, count] of chunks(span, fromMs, stepMs)) {
          arena.reset();
          const result = one.query.run({ firstMs: firstMs - watermarkOf(group, one.track.rule), stepMs, count }, arena);
          one.track.take(result, firstMs, stepMs, count);
          one.evaluations += count;
        }
        done += 1;
        yield (span.startMs - fromMs + ((span.endMs - span.startMs) * done) / total) / (toMs + 1 - fromMs);
      }
    }
    yield (span.endMs - fromMs) / (toMs + 1 - fromMs);
  }
  return {
    changes: inOrder(changes, groups),
    rules: runs.flatMap(({ group, rules }) =>
      rules.map(({ track, query, evaluations }) => ({
        group: group.name,
        rule: track.rule,
        evaluations,
        errors: track.errors,
        ...(query.fallback === undefined ? {} : { fallback: { why: query.fallback, steps: query.fallbackSteps } }),
      })),
    ),
    loop: loop?.name,
  };
}

function trackOf(
  rule: Rule,
  group: RuleGroup,
  store: ColumnStore,
  options: { readonly lookbackMs: number; readonly writesAlerts: boolean },
  tell: (change: TimedChange) => void,
): Track {
  return rule.kind === 'recording'
    ? recordingTrack(group, rule, store)
    : alertingTrack(group, rule, store, options, tell);
}

function inOrder(changes: readonly TimedChange[], groups: readonly RuleGroup[]): TimedChange[] {
  const place = new Map<Rule, number>(groups.flatMap(({ rules }) => rules).map((rule, i) => [rule, i]));
  return [...changes].sort((a, b) => a.atMs - b.atMs || (place.get(a.rule) ?? 0) - (place.get(b.rule) ?? 0));
}
