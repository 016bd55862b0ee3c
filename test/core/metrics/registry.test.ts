import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Point, RollupPoint } from '../../../core/metrics/model.ts';
import { MetricRegistry } from '../../../core/metrics/registry.ts';

const MINUTE = 60_000;
const START = 1_000 * MINUTE;

function setUp(seriesLimit?: number) {
  const time = { now: START + 1 };
  const registry = new MetricRegistry({
    resource: { job: 'neural', instance: 'lab-1' },
    clock: () => time.now,
    ...(seriesLimit === undefined ? {} : { seriesLimit }),
  });
  return { time, registry };
}

const rollupsOf = (points: readonly Point[]): RollupPoint[] => points.filter((point) => point.kind === 'rollup');

describe('a registry', () => {
  test('gives the same series for the same name and labels, whatever their order', () => {
    const { registry } = setUp();
    registry.counter('c_total', { a: '1', b: '2' }).add(1);
    registry.counter('c_total', { b: '2', a: '1' }).add(2);
    expect(registry.collect(START + 2).points).toEqual([
      { kind: 'counter', name: 'c_total', labels: { a: '1', b: '2' }, startMs: START + 1, timeMs: START + 2, value: 3 },
    ]);
  });

  test('groups its points under its resource', () => {
    expect(setUp().registry.collect(START).resource).toEqual({ job: 'neural', instance: 'lab-1' });
  });

  test('hands out no gauge that was never set', () => {
    const { registry } = setUp();
    registry.gauge('g');
    expect(registry.collect(START + 2).points).toEqual([]);
  });

  test('keeps counters and histograms cumulative over collections', () => {
    const { registry } = setUp();
    const histogram = registry.histogram('h_seconds');
    histogram.observe(0.5);
    registry.collect(START + 10);
    histogram.observe(2);
    const [point] = registry.collect(START + 20).points;
    expect(point).toMatchObject({ kind: 'histogram', startMs: START + 1, histogram: { count: 2, sum: 2.5, max: 2 } });
  });

  test('starts a counter anew when the total it follows was reset', () => {
    const { registry, time } = setUp();
    const counter = registry.counter('process_cpu_seconds_total');
    counter.observeTotal(10);
    time.now += 5_000;
    counter.observeTotal(1);
    expect(registry.collect(time.now).points[0]).toMatchObject({ value: 1, startMs: START + 5_001 });
  });

  test('refuses one name as two kinds', () => {
    const { registry } = setUp();
    registry.counter('x_total');
    expect(() => registry.gauge('x_total')).toThrow('Metric x_total is a counter and was asked for as a gauge');
  });

  test('bounds the series of a metric and counts the refused ones once each', () => {
    const { registry } = setUp(2);
    for (const id of ['1', '2', '3', '4', '3']) registry.counter('requests_total', { id }).add(1);
    registry.counter('other_total').add(1);
    expect(registry.collect(START + 2).points).toHaveLength(3);
    expect([...registry.refusedSeries()]).toEqual([['requests_total', 2]]);
  });

  test('forgets series that nobody writes to any more', () => {
    const { registry, time } = setUp();
    registry.gauge('g', { channel: 'C3' }).set(1);
    time.now += MINUTE;
    registry.gauge('g', { channel: 'C4' }).set(1);
    registry.prune(time.now);
    expect(registry.collect(time.now).points.map((point) => point.labels)).toEqual([{ channel: 'C4' }]);
  });
});

describe('one-minute roll-ups', () => {
  test('hold what was observed in their minute, and are handed out once, after it ended', () => {
    const { registry, time } = setUp();
    const gauge = registry.gauge('g');
    gauge.set(1);
    gauge.set(3);
    expect(rollupsOf(registry.collect(START + MINUTE - 1, { rollups: true }).points)).toEqual([]);
    time.now = START + MINUTE + 1;
    gauge.set(7);
    const [rollup, ...others] = rollupsOf(registry.collect(time.now, { rollups: true }).points);
    expect(others).toEqual([]);
    expect(rollup).toMatchObject({ startMs: START, timeMs: START + MINUTE, histogram: { count: 2, sum: 4, max: 3 } });
    expect(rollupsOf(registry.collect(time.now, { rollups: true }).points)).toEqual([]);
  });

  test('count an observation on the stroke of the minute to the minute that ends', () => {
    const { registry, time } = setUp();
    time.now = START + MINUTE;
    registry.histogram('h').observe(1);
    expect(rollupsOf(registry.collect(time.now + 1, { rollups: true }).points)[0]).toMatchObject({
      timeMs: START + MINUTE,
    });
  });

  test('of a gauge that keeps its value hold that value once a minute', () => {
    const { registry, time } = setUp();
    registry.gauge('connected').set(1);
    const found: RollupPoint[] = [];
    for (let second = 1; second <= 190; second += 1) {
      time.now = START + second * 1_000;
      found.push(...rollupsOf(registry.collect(time.now, { rollups: second % 10 === 0 }).points));
    }
    expect(found.map((rollup) => [rollup.timeMs - START, rollup.histogram.count, rollup.histogram.max])).toEqual([
      [MINUTE, 1, 1],
      [2 * MINUTE, 1, 1],
      [3 * MINUTE, 1, 1],
    ]);
  });

  test('of all minutes together are exactly the cumulative histogram, however observations and collections fall', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 40_000 }), value: fc.integer({ min: 1, max: 1e6 }) }), {
          minLength: 1,
          maxLength: 60,
        }),
        (observations) => {
          const { registry, time } = setUp();
          const histogram = registry.histogram('h');
          const rollups: RollupPoint[] = [];
          for (const { afterMs, value } of observations) {
            time.now += afterMs;
            histogram.observe(value);
            if (value % 2 === 0) rollups.push(...rollupsOf(registry.collect(time.now, { rollups: true }).points));
          }
          time.now += MINUTE + 1;
          const points = registry.collect(time.now, { rollups: true }).points;
          rollups.push(...rollupsOf(points));
          const total = points.find((point) => point.kind === 'histogram');
          expect(rollups.reduce((sum, { histogram: h }) => sum + h.count, 0)).toBe(total?.histogram.count);
          expect(rollups.reduce((sum, { histogram: h }) => sum + h.sum, 0)).toBe(total?.histogram.sum);
          expect(new Set(rollups.map(({ timeMs }) => timeMs)).size).toBe(rollups.length);
        },
      ),
      { numRuns: 50 },
    );
  });
});
