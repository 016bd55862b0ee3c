import { describe, expect, test } from '@jest/globals';
import { MemorySeriesSource } from '../../../core/promql/index.ts';
import {
  evaluateGroup,
  fitHistory,
  type GroupState,
  parseRuleFile,
  type RuleGroup,
  restore,
} from '../../../core/rules/index.ts';

const groupOf = (rules: string): RuleGroup =>
  parseRuleFile(`groups: [{name: g, rules: [${rules}]}]`, 'r')[0] as RuleGroup;
const OFF = '{alert: Off, expr: contact == 0, for: 1m, keep_firing_for: 1m}';

function source(values: readonly number[], timeMs = 0): MemorySeriesSource {
  const memory = new MemorySeriesSource();
  values.forEach((value, i) => {
    memory.append('contact', { channel: `ch${String(i).padStart(2, '0')}` }, timeMs, value);
  });
  return memory;
}

describe('the evaluations that a rule remembers', () => {
  test('tell inputs, results and outcome, a few of many', () => {
    const values = Array.from({ length: 64 }, (_, i) => (i === 40 ? 0 : 1));
    let millis = 0;
    const clock = (): number => (millis += 2);
    const { state } = evaluateGroup(groupOf(OFF), source(values), 1_000, {}, { clock });
    const [entry] = state['g/alerting/Off/0']?.history ?? [];
    expect(entry).toMatchObject({
      atMs: 1_000,
      outcome: 'results',
      results: 1,
      values: [{ labels: { channel: 'ch40' }, value: '0' }],
      series: 64,
      durationMs: 2,
    });
    expect(entry?.inputs).toHaveLength(5);
    // What the result was made of comes first.
    expect(entry?.inputs[0]).toEqual({ labels: { __name__: 'contact', channel: 'ch40' }, timeMs: 0, value: '0' });
  });

  test('tell why nothing came out', () => {
    const outcome = (rules: string, values: readonly number[]): unknown =>
      Object.values(evaluateGroup(groupOf(rules), source(values), 1_000).state)[0]?.history.map(
        (entry) => entry.outcome,
      );
    expect(outcome(OFF, [1])).toEqual(['empty']);
    expect(outcome(OFF, [])).toEqual(['no data']);
    expect(outcome('{record: r, expr: contact / on () contact}', [1, 1])).toEqual(['error']);
    expect(outcome('{record: r, expr: sum(contact)}', [1, 1])).toEqual(['results']);
  });

  test('give way where the state must fit into an item; alerts do not', () => {
    const group = groupOf(OFF);
    let state: GroupState = {};
    for (let i = 0; i < 30; i += 1) state = evaluateGroup(group, source([0, 0, 0, 1]), i * 60_000, state).state;
    const whole = JSON.stringify(state).length;
    expect(fitHistory(state, whole)).toBe(state);
    for (const share of [0.7, 0.4, 0.2, 0.01]) {
      const fitted = fitHistory(state, whole * share);
      const [rule] = Object.values(fitted);
      expect(rule?.alerts).toEqual(Object.values(state)[0]?.alerts);
      expect(rule?.history.length).toBeGreaterThan(0);
      if (share > 0.1) expect(JSON.stringify(fitted).length).toBeLessThanOrEqual(whole * share);
    }
  });
});

describe('a rule that is no longer in the file', () => {
  test('ends its series', () => {
    const before = evaluateGroup(groupOf(`${OFF}, {record: r, expr: contact}`), source([0]), 1_000);
    const { recorded, state } = evaluateGroup(groupOf(OFF), source([0]), 2_000, before.state);
    expect(recorded.filter(({ stale }) => stale)).toMatchObject([{ name: 'r', labels: { channel: 'ch00' } }]);
    expect(Object.keys(state)).toEqual(['g/alerting/Off/0']);
  });
});

describe('after an outage', () => {
  const pendingSince = (state: GroupState): number | undefined => state['g/alerting/Off/0']?.alerts[0]?.activeAtMs;
  const group = groupOf(OFF);
  const pending = [0, 20_000].reduce<GroupState>(
    (state, now) => evaluateGroup(group, source([0], now), now, state).state,
    {},
  );

  test('a pending alert goes on waiting where it was: the outage proves nothing', () => {
    const after = restore(pending, 20_000 + 600_000);
    expect(pendingSince(after)).toBe(600_000);
    const next = (now: number): unknown => evaluateGroup(group, source([0], now), now, after).alerts[0]?.state;
    expect([next(659_000), next(660_000)]).toEqual(['pending', 'firing']);
  });

  test('of more than an hour it begins anew', () => {
    expect(pendingSince(restore(pending, 20_000 + 3_600_001))).toBeUndefined();
  });

  test('a firing alert is firing still, and what keep_firing_for keeps is kept as long as it would have been', () => {
    let state = pending;
    for (const [now, value] of [
      [60_000, 0],
      [80_000, 1],
    ] as const) {
      state = evaluateGroup(group, source([value], now), now, state).state;
    }
    const after = restore(state, 80_000 + 600_000);
    expect(after['g/alerting/Off/0']?.alerts).toMatchObject([{ phase: 'firing', keepFiringSinceMs: 680_000 }]);
  });
});
