import { describe, expect, test } from '@jest/globals';
import type { Labels } from '../../../core/metrics/model.ts';
import { evaluateGroup } from '../../../core/rules/group.ts';
import { cloudGroups, LOOKBACK_MS, neededFrom, seriesOf } from '../../../lambdas/evaluate-rules/cloud-rules.ts';
import { fromItem, partitionsOf, toItem, type WindowPoint } from '../../../lambdas/shared/rule-window.ts';

const NOW = Date.UTC(2026, 10, 23, 12, 0, 30);
const TEXT = `
groups:
  - name: fleet
    rules:
      - alert: ManyDisconnected
        expr: count(neural_device_connected == 0) > 1
        annotations: { summary: '{{ $value }} boards' }
      - alert: OneDisconnected
        expr: neural_device_connected == 0
      - alert: SlowFleet
        expr: histogram_quantile(0.95, sum by (le) (rate(neural_device_latency_seconds_bucket[10m]))) > 0.1
  - name: edge
    rules: [{ alert: Edge, expr: up == 0 }]
  - name: leases
    rules: [{ alert: Silent, expr: time() - nsmon_agent_last_seen_timestamp_seconds > 90 }]
`;
const groups = cloudGroups(new Map([['alerts/a.yaml', TEXT]]));

function connected(thing: string, value: number, agoMs = 10_000): WindowPoint {
  const labels: Labels = { thing, device_id: `${thing}-board` };
  return { kind: 'gauge', name: 'neural_device_connected', labels, timeMs: NOW - agoMs, value };
}

function latency(count: number, agoMs: number): WindowPoint {
  const buckets = { offset: -1, counts: [count] };
  const none = { offset: 0, counts: [] };
  return {
    kind: 'histogram',
    name: 'neural_device_latency_seconds',
    labels: { thing: 'lab-1' },
    startMs: NOW - 3_600_000,
    timeMs: NOW - agoMs,
    // All in (0.5, 1].
    histogram: { scale: 0, count, sum: count, zeroCount: 0, zeroThreshold: 0, positive: buckets, negative: none },
  };
}

function firing(points: readonly WindowPoint[], seen: Parameters<typeof seriesOf>[1] = []): string[] {
  const throughTheTable = points.map((point) => fromItem(toItem(point, point.labels)));
  const source = seriesOf(throughTheTable, seen, [NOW]);
  return groups.flatMap((group) =>
    evaluateGroup(group, source, NOW, {}, { lookbackMs: LOOKBACK_MS }).alerts.map(
      ({ labels }) => labels.alertname ?? '',
    ),
  );
}

describe('rules of the cloud', () => {
  test('are those that look at more than one agent, each group under the name of its file', () => {
    expect(groups.map(({ name, rules }) => `${name}: ${rules.map((rule) => rule.name).join(', ')}`)).toEqual([
      'alerts/a.yaml/fleet: ManyDisconnected, SlowFleet',
      'alerts/a.yaml/leases: Silent',
    ]);
  });

  test('need of each metric what their ranges reach back to, and nothing of what the leases make', () => {
    const needed = neededFrom(groups, NOW);
    expect(needed.get('neural_device_connected')).toBe(NOW - LOOKBACK_MS);
    expect(needed.get('neural_device_latency_seconds')).toBe(NOW - 600_000);
    expect([...needed.keys()].some((name) => name.startsWith('nsmon_agent_last_seen'))).toBe(false);
  });

  test('see all agents together', () => {
    expect(firing([connected('lab-1', 0), connected('lab-2', 0)])).toEqual(['ManyDisconnected']);
    expect(firing([connected('lab-1', 0), connected('lab-2', 1)])).toEqual([]);
    expect(firing([connected('lab-1', 0), connected('lab-2', 0, LOOKBACK_MS)])).toEqual([]);
  });

  test('see histograms as the classic series they name', () => {
    expect(firing([latency(10, 420_000), latency(500, 60_000)])).toEqual(['SlowFleet']);
  });

  test('see when each agent was last heard of', () => {
    const labels = { thing: 'lab-1', tenant: 't', site: 's' };
    expect(firing([], [{ labels, lastSeenMs: NOW - 91_000 }])).toEqual(['Silent']);
    expect(firing([], [{ labels, lastSeenMs: NOW - 89_000 }])).toEqual([]);
  });
});

describe('the rule window', () => {
  test('keeps every kind of point as it was', () => {
    const counter: WindowPoint = {
      kind: 'counter',
      name: 'c',
      labels: { a: '1' },
      startMs: NOW - 1000,
      timeMs: NOW,
      value: 3,
    };
    for (const point of [connected('lab-1', 0.5), counter, latency(7, 0)]) {
      expect(fromItem(toItem(point, point.labels))).toEqual(point);
    }
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1e-200, 1e300]) {
      const { value: stored } = fromItem(toItem(connected('lab-1', value), {})) as { value: number };
      expect(stored).toBe(value);
    }
  });

  test('has a partition for each minute that a range touches', () => {
    expect(partitionsOf('m', NOW - 60_000, NOW)).toEqual([
      `m#${Date.UTC(2026, 10, 23, 11, 59)}`,
      `m#${Date.UTC(2026, 10, 23, 12, 0)}`,
    ]);
    expect(partitionsOf('m', NOW - 60_000, NOW)).toContain(toItem({ ...connected('a', 1), name: 'm' }, {}).pk);
  });

  test('keeps series apart by their labels, whatever the order', () => {
    const point = connected('lab-1', 1);
    const key = (labels: Labels): string => toItem(point, labels).sk;
    expect(key({ a: '1', b: '2' })).toBe(key({ b: '2', a: '1' }));
    expect(key({ a: '1', b: '2' })).not.toBe(key({ a: '1', b: '3' }));
  });
});
