import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TestStorage } from '../../../core/promql/testing/storage.ts';
import { replayRules } from '../../../core/replay/replay-rules.ts';
import { evaluateGroup, type GroupState, parseRuleFile, type RuleGroup } from '../../../core/rules/index.ts';
import { type RandomSeries, randomSeries, START_MS, STEP_MS, storeOf } from '../../support/random-series.ts';

const POINTS = 40;
const OPTIONS = {
  fromMs: START_MS,
  toMs: START_MS + (POINTS + 10) * STEP_MS,
  intervalMs: STEP_MS,
  lookbackMs: 300_000,
};

function finish<T>(work: Generator<number, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    expect(step.value).toBeGreaterThanOrEqual(0);
    expect(step.value).toBeLessThanOrEqual(1);
  }
}

const describeChange = (atMs: number, labels: object, from: string, to: string): string =>
  `${atMs} ${JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))} ${from} -> ${to}`;

/** What the engine of the system says, one evaluation after the other. */
function oneByOne(groups: readonly RuleGroup[], series: readonly RandomSeries[]): string[] {
  const storage = new TestStorage();
  for (const { labels, samples } of series) {
    for (const { timeMs, value, stale } of samples) storage.append(labels, [stale ? 'stale' : value], timeMs, 1);
  }
  const states = new Map<RuleGroup, GroupState>();
  const changes: string[] = [];
  for (let nowMs = OPTIONS.fromMs; nowMs <= OPTIONS.toMs; nowMs += 30_000) {
    for (const group of groups) {
      if ((nowMs - OPTIONS.fromMs) % (group.intervalMs ?? OPTIONS.intervalMs) !== 0) continue;
      const result = evaluateGroup(group, storage, nowMs, states.get(group), { lookbackMs: OPTIONS.lookbackMs });
      states.set(group, result.state);
      for (const { name, labels, timeMs, value, stale } of result.recorded) {
        storage.append({ ...labels, __name__: name }, [stale ? 'stale' : value], timeMs, 1);
      }
      for (const { alert, from, to } of result.changes) changes.push(describeChange(nowMs, alert.labels, from, to));
    }
  }
  return changes.sort();
}

function replayed(groups: readonly RuleGroup[], series: readonly RandomSeries[]): string[] {
  const { changes } = finish(replayRules(groups, storeOf(series), OPTIONS));
  return changes.map(({ atMs, alert, from, to }) => describeChange(atMs, alert.labels, from, to)).sort();
}

const RULE_FILES: Readonly<Record<string, string>> = {
  'alerts with and without for and keep_firing_for': `
groups:
  - name: plain
    rules:
      - { alert: Now, expr: g > 4 }
      - { alert: Later, expr: g > 1, for: 3m }
      - { alert: Kept, expr: g > 6, keep_firing_for: 4m, labels: { severity: critical } }
      - { alert: Absent, expr: 'absent(g{instance="i0"})' }
      - { alert: Always, expr: vector(1) }
      - { alert: ByValue, expr: g > 3, labels: { value: '{{ $value }}' } }
      - { alert: Blind, expr: 'g{instance="i1"} > 3', annotations: { nsmon_no_data: fire } }`,
  'recordings that later rules and groups read': `
groups:
  - name: first
    interval: 30s
    rules:
      - { record: 'job:g:sum', expr: sum by (job) (g) }
      - { record: 'job:c:rate', expr: 'sum by (job) (rate(c_total[5m]))', labels: { kind: rate } }
      - { alert: High, expr: 'job:g:sum > 5', for: 1m }
  - name: second
    rules:
      - { alert: Fast, expr: 'avg_over_time({__name__="job:c:rate"}[3m]) > 0.02' }`,
  'rules that read what comes after them, alerts and themselves': `
groups:
  - name: loops
    rules:
      - { alert: After, expr: 'later > 2' }
      - { record: later, expr: 'max by (job) (g)' }
      - { alert: OfAlerts, expr: 'count(ALERTS{alertname="After", alertstate="firing"}) > 1' }
      - { record: mine, expr: '(mine or vector(0)) + 1' }
      - { alert: Mine, expr: 'mine > 10' }`,
  'groups that look into the past, with a limit': `
groups:
  - name: offset
    query_offset: 90s
    rules:
      - { record: slow, expr: 'g * 2' }
      - { alert: Past, expr: 'slow > 6' }
  - name: limited
    limit: 2
    rules:
      - { alert: Few, expr: 'g > 0' }
      - { record: few, expr: 'h > 0' }
      - { alert: OfFew, expr: 'few > 5' }
      - { alert: Fails, expr: 'g + on (job) h > 3' }`,
};

describe('a replay of rules tells the changes that evaluations one by one tell', () => {
  test.each(Object.keys(RULE_FILES))('%s', (name) => {
    const groups = parseRuleFile(RULE_FILES[name] ?? '', 'rules.yaml');
    let told = 0;
    fc.assert(
      fc.property(randomSeries(POINTS), (series) => {
        const changes = replayed(groups, series);
        expect(changes).toEqual(oneByOne(groups, series));
        told += changes.length;
      }),
      { numRuns: 10 },
    );
    expect(told).toBeGreaterThan(0);
  });

  test('rules that read what later ones record are named', () => {
    const groups = parseRuleFile(
      RULE_FILES['rules that read what comes after them, alerts and themselves'] ?? '',
      'r.yaml',
    );
    expect(finish(replayRules(groups, storeOf([]), OPTIONS)).loop).toBe('After');
  });
});
