import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MemorySeriesSource } from '../../../core/promql/index.ts';
import {
  type ArrivedSample,
  evaluateGroup,
  type GroupState,
  LateSamples,
  parseRuleFile,
  type RuleGroup,
} from '../../../core/rules/index.ts';
import { RuleLoop } from '../../../edge-agent/rules/rule-loop.ts';

const START = 1_000_000_000;
const WATERMARK_MS = 10_000;
const RULES = `
groups:
  - name: waits
    query_offset: 10s
    rules:
      - { record: 'site:level:sum', expr: sum(level) }
      - { alert: Sum, expr: 'site:level:sum > 2' }
      - { alert: High, expr: level > 1, for: 3s, keep_firing_for: 2s }
      - { alert: Rising, expr: 'delta(level[5s]) > 0', annotations: { is: '{{ $value }}', nsmon_watermark: 10s } }
      - { alert: Kept, expr: level > 1, annotations: { nsmon_no_data: keep } }
      - { alert: Blind, expr: level > 1, for: 2s, annotations: { nsmon_no_data: pending } }
`;
const groups = parseRuleFile(RULES, 'rules.yaml');

interface Arrival {
  readonly second: number;
  readonly channel: string;
  readonly value: number;
  readonly delayMs: number;
}

const SECONDS = 40;
const arrivals = (mostDelayMs: number): fc.Arbitrary<Arrival[]> =>
  fc.uniqueArray(
    fc.record({
      second: fc.integer({ min: 0, max: SECONDS - 1 }),
      channel: fc.constantFrom('C3', 'C4', 'Cz'),
      value: fc.constantFrom(0, 1, 2, 0.1, 0.7),
      delayMs: fc.integer({ min: 0, max: mostDelayMs }),
    }),
    { selector: ({ second, channel }) => `${second} ${channel}`, maxLength: 90 },
  );

/** Everything that an operator, the cloud or the store could see of the alerts, second by second. */
function history(all: readonly Arrival[], delayed: boolean): string {
  const loop = new RuleLoop({ groups, thing: 'lab-1', intervalMs: 1_000, state: {}, startMs: START });
  const waiting = all
    .map((arrival) => ({ ...arrival, timeMs: START + arrival.second * 1_000 }))
    .map((arrival) => ({ ...arrival, atMs: arrival.timeMs + (delayed ? arrival.delayMs : 0) }))
    .sort((a, b) => a.atMs - b.atMs);
  const seen: unknown[] = [];
  for (let now = START; now <= START + SECONDS * 1_000 + 2 * WATERMARK_MS; now += 1_000) {
    for (let next = waiting[0]; next && next.atMs <= now; next = waiting[0]) {
      waiting.shift();
      const { channel, value, timeMs } = next;
      const points = [{ kind: 'gauge' as const, name: 'level', labels: { channel }, timeMs, value }];
      loop.observe([{ resource: {}, points }]);
      seen.push(loop.evaluateArrival([{ resource: {}, points }], now).changes);
    }
    seen.push(loop.evaluate(now), loop.alerts(), loop.takeRecordedPoints());
  }
  seen.push(
    loop.rules().map((rule) => ({ ...rule, evaluations: rule.evaluations.map(({ atMs, values }) => [atMs, values]) })),
  );
  return JSON.stringify(seen.filter((one) => !Array.isArray(one) || one.length > 0));
}

const late = (all: readonly Arrival[]): number => {
  const loop = new RuleLoop({ groups, thing: 'lab-1', intervalMs: 1_000, state: {}, startMs: START });
  for (let now = START; now <= START + SECONDS * 1_000; now += 1_000) loop.evaluate(now);
  for (const { second, channel, value } of all) {
    const timeMs = START + second * 1_000;
    loop.observe([{ resource: {}, points: [{ kind: 'gauge', name: 'level', labels: { channel }, timeMs, value }] }]);
  }
  return loop.rules().reduce((sum, rule) => sum + rule.late, 0);
};

describe('a watermark', () => {
  test('gives exactly the history that samples on time would have given, if none is later than it', () => {
    fc.assert(
      fc.property(arrivals(WATERMARK_MS), (all) => {
        expect(history(all, true)).toBe(history(all, false));
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  test('without it a late sample may change the history, as in Prometheus', () => {
    const on = parseRuleFile('groups: [{name: g, rules: [{alert: High, expr: level > 1}]}]', 'r');
    const changes = (delayMs: number): number => {
      const loop = new RuleLoop({ groups: on, thing: 'lab-1', intervalMs: 1_000, state: {}, startMs: START });
      let count = 0;
      for (let second = 0; second < 20; second += 1) {
        const timeMs = START + second * 1_000 - delayMs;
        const points = [{ kind: 'gauge' as const, name: 'level', labels: {}, timeMs, value: second === 3 ? 2 : 0 }];
        loop.observe([{ resource: {}, points }]);
        count += loop.evaluate(START + second * 1_000).changes.length;
      }
      return count;
    };
    expect([changes(0), changes(30_000)]).toEqual([2, 0]);
  });

  test('counts each sample that is later, for each rule that was evaluated without it', () => {
    const at = (second: number): Arrival => ({ second, channel: 'Cz', value: 2, delayMs: 0 });
    // Evaluated up to second 30 when the clock says 40; five rules look at the level itself.
    expect(late([at(31)])).toBe(0);
    expect(late([at(30)])).toBe(5);
    expect(late([at(12), at(30), at(35)])).toBe(10);
  });

  test('goes on over restarts: the state is plain JSON, and the history is the same', () => {
    fc.assert(
      fc.property(arrivals(WATERMARK_MS), fc.integer({ min: 1, max: 9 }), (all, every) => {
        expect(stored(all, true, every)).toBe(stored(all, false, Number.POSITIVE_INFINITY));
      }),
      { numRuns: 30, seed: 4 },
    );
  });

  test('of an arrival that is told its time counts what came after the evaluation, and nothing twice', () => {
    const [group] = groups as [RuleGroup];
    const source = new MemorySeriesSource();
    const { state } = evaluateGroup(group, source, START);
    const note = (sample: Omit<ArrivedSample, 'name' | 'labels'>): number =>
      new LateSamples(groups).note({ name: 'level', labels: {}, ...sample }, () => state).size;
    expect(note({ timeMs: START - 20_000, arrivedMs: START - 1 })).toBe(0);
    expect(note({ timeMs: START - 20_000, arrivedMs: START + 1 })).toBe(1);
    expect(note({ timeMs: START, arrivedMs: START + 1 })).toBe(0);
  });
});

/** As in the cloud: the samples are in a store, the state goes through JSON now and then. */
function stored(all: readonly Arrival[], delayed: boolean, restartEvery: number): string {
  const [group] = groups as [RuleGroup];
  let state: GroupState = {};
  const seen: unknown[] = [];
  for (let second = 0; second <= SECONDS + 20; second += 1) {
    const now = START + second * 1_000;
    const source = new MemorySeriesSource({ outOfOrderMs: Number.POSITIVE_INFINITY });
    for (const { second: at, channel, value, delayMs } of all) {
      const timeMs = START + at * 1_000;
      if (timeMs + (delayed ? delayMs : 0) <= now) source.append('level', { channel }, timeMs, value);
    }
    const result = evaluateGroup(group, source, now, state);
    state = second % restartEvery === 0 ? (JSON.parse(JSON.stringify(result.state)) as GroupState) : result.state;
    seen.push(result.changes, result.alerts, result.recorded);
  }
  return JSON.stringify(seen);
}
