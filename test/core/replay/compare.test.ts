import { describe, expect, test } from '@jest/globals';
import { parseRouting } from '../../../core/alerting/routing/parse.ts';
import { parseEscalation } from '../../../core/escalation/parse-policy.ts';
import { policyFor } from '../../../core/escalation/policy.ts';
import { NO_ONCALL } from '../../../core/oncall/config.ts';
import { replayChain } from '../../../core/replay/chain.ts';
import { compareReports, failuresOf } from '../../../core/replay/compare.ts';
import { parseIncidents } from '../../../core/replay/labelled.ts';
import { People } from '../../../core/replay/people.ts';
import { readSeries } from '../../../core/replay/read-series.ts';
import { replayRules } from '../../../core/replay/replay-rules.ts';
import { type ReplayReport, reportOf } from '../../../core/replay/report.ts';
import { renderComparison, renderReport } from '../../../core/replay/text.ts';
import { parseRuleFile } from '../../../core/rules/index.ts';

const SERIES = `
start: 2026-11-03T00:00:00Z
interval: 1m
input_series:
  - { series: 'contact{device_id="h1"}', values: '1x60 0x20 1x60' }
  - { series: 'quality{device_id="h1"}', values: '0.9x30 0.5x2 0.9x27 0.4x20 0.9x60' }`;

const INCIDENTS = `
incidents:
  - { name: cap slipped, from: 2026-11-03T01:00:00Z, to: 2026-11-03T01:22:00Z, matchers: ['device_id="h1"'] }`;

function finish<T>(work: Generator<number, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

function replay(rules: string): ReplayReport {
  const times = { fromMs: Date.UTC(2026, 10, 3), toMs: Date.UTC(2026, 10, 3, 2) };
  const groups = parseRuleFile(rules, 'rules.yaml');
  const store = readSeries(SERIES, 'series.yaml');
  const evaluated = finish(replayRules(groups, store, { ...times, intervalMs: 60_000, lookbackMs: 300_000 }));
  const routing = parseRouting('{ route: { receiver: team, group_by: [alertname] }, receivers: [{ name: team }] }');
  const policies = '{ policies: [{ name: p, levels: [{ channels: [slack] }] }], receivers: { team: p } }';
  const escalation = parseEscalation(policies, ['team']);
  const policy = policyFor(escalation, routing.receivers[0] ?? { name: 'team', integrations: [] });
  const people = new People(NO_ONCALL, 60_000);
  const chain = replayChain(evaluated.changes, {
    routing,
    policyOf: () => policy,
    silences: [],
    people,
    toMs: times.toMs,
  });
  return reportOf(evaluated, finish(chain), times, parseIncidents(INCIDENTS, 'incidents.yaml'));
}

const BEFORE = 'groups: [{ name: g, rules: [{ alert: Off, expr: contact == 0, for: 5m }] }]';
const BLIND = 'groups: [{ name: g, rules: [{ alert: Off, expr: contact == 2, for: 5m }] }]';
const NOISY = `groups:
  - name: g
    rules: [{ alert: Off, expr: contact == 0 }, { alert: Bad, expr: quality < 0.6 }]`;

describe('two rule sets on the same series', () => {
  test('rules that no longer see an incident lose it', () => {
    const comparison = compareReports(replay(BEFORE), replay(BLIND));
    expect(comparison.lostIncidents).toEqual(['cap slipped']);
    expect(failuresOf(comparison, ['lost-incidents', 'more-pages'])).toEqual(['lost-incidents']);
    expect(comparison.rules).toEqual([{ name: 'Off', before: 1, after: 0 }]);
  });

  test('noisier rules page more, and raise false alarms', () => {
    const comparison = compareReports(replay(BEFORE), replay(NOISY));
    expect(failuresOf(comparison, ['lost-incidents', 'more-pages', 'more-false-alarms'])).toEqual([
      'more-pages',
      'more-false-alarms',
    ]);
    expect(failuresOf(comparison, [])).toEqual([]);
    expect(comparison.rules).toContainEqual({ name: 'Bad', after: 2 });
  });

  test('the same rules differ in nothing', () => {
    const comparison = compareReports(replay(BEFORE), replay(BEFORE));
    expect(failuresOf(comparison, ['lost-incidents', 'more-pages', 'more-false-alarms'])).toEqual([]);
    expect(comparison.rules).toEqual([]);
  });
});

describe('the report for people', () => {
  test('fits into 80 columns', () => {
    const [before, after] = [replay(BEFORE), replay(NOISY)];
    const text = renderReport(after) + renderComparison(compareReports(before, after));
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text).toContain('1 of 1 caught (recall 100 %)');
  });

  test('is the same to the byte', () => {
    expect(renderReport(replay(NOISY))).toBe(renderReport(replay(NOISY)));
    expect(JSON.stringify(replay(NOISY))).toBe(JSON.stringify(replay(NOISY)));
  });
});
