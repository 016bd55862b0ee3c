import { parsePromql } from '../../core/promql/index.ts';
import { ColumnSeries, ColumnStore } from '../../core/promql/range/column-store.ts';
import type { Rule, RuleGroup } from '../../core/rules/index.ts';

/** The load of the replay bench: metrics of a fleet of 50 devices at one point a minute, and rules as people write them. */

export const STEP_MS = 60_000;
export const START_MS = 1_790_000_040_000;
export const DEVICES = 50;

const GAUGES = [
  'quality',
  'battery_ratio',
  'temperature_celsius',
  'contact_ratio',
  'cpu_ratio',
  'queue_length',
  'data_rate_hertz',
];
const COUNTERS = ['errors_total', 'samples_total', 'requests_total', 'failures_total', 'restarts_total'];
const BOUNDS = ['0.01', '0.02', '0.05', '0.1', '0.2', '0.5', '1', '+Inf'];

/** Small, fast and the same everywhere: Marsaglia's xorshift. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** 20 series a device: 7 gauges, 5 counters, 8 buckets. */
export function loadStore(points: number): ColumnStore {
  const store = new ColumnStore();
  const times = Float64Array.from({ length: points }, (_, i) => START_MS + i * STEP_MS);
  const random = randomFrom(42);
  const add = (labels: Record<string, string>, valueAt: (i: number, before: number) => number): void => {
    const values = new Float64Array(points);
    let before = 0;
    for (let i = 0; i < points; i += 1) {
      before = valueAt(i, before);
      values[i] = before;
    }
    store.add(new ColumnSeries(labels, { times, values, length: points }));
  };
  for (let d = 0; d < DEVICES; d += 1) {
    const labels = { job: 'fleet', site: `site-${d % 5}`, device_id: `device-${d}` };
    for (const name of GAUGES) {
      const isBad = episodes(random);
      add({ ...labels, __name__: name }, () => (isBad() ? 0.5 : 0.8) + 0.05 * random());
    }
    for (const name of COUNTERS) {
      const isBad = episodes(random);
      add({ ...labels, __name__: name }, (_i, before) => {
        if (random() < RARE) return 0;
        return before + Math.floor(random() * 3) + (isBad() ? 20 : 0);
      });
    }
    BOUNDS.forEach((le, rank) => {
      const isSlow = episodes(random);
      add(
        { ...labels, __name__: 'latency_seconds_bucket', le },
        (_i, before) => before + (rank + 1) * 10 - (isSlow() ? 5 : 0),
      );
    });
  }
  return store;
}

/** A trouble begins about every ten days of a series... */
const RARE = 1 / 14_400;
/** ... and lasts up to half an hour. */
const LONGEST_MINUTES = 30;

function episodes(random: () => number): () => boolean {
  let left = 0;
  return () => {
    if (left > 0) left -= 1;
    else if (random() < RARE) left = 5 + Math.floor(random() * (LONGEST_MINUTES - 5));
    return left > 0;
  };
}

/** Each fires now and then, for a few devices. */
const SHAPES: readonly ((threshold: string, i: number) => string)[] = [
  (x, i) => `${GAUGES[i % GAUGES.length]} < 0.56${x}`,
  (x, i) => `rate(${COUNTERS[i % COUNTERS.length]}[5m]) > 0.2${x}`,
  (x, i) => `avg_over_time(${GAUGES[i % GAUGES.length]}[15m]) < 0.7${x}`,
  (x, i) => `sum by (site) (rate(${COUNTERS[i % COUNTERS.length]}[10m])) > 0.4${x}`,
  (x) => `histogram_quantile(0.95, rate(latency_seconds_bucket[5m])) > 0.99${x}`,
  (x, i) => `increase(${COUNTERS[i % COUNTERS.length]}[30m]) / increase(samples_total[30m]) > 5.5${x}`,
  (x, i) =>
    `max_over_time(${GAUGES[i % GAUGES.length]}[1h]) - min_over_time(${GAUGES[i % GAUGES.length]}[1h]) > 0.3${x}`,
  (x) => `quality < 0.6${x} and on (device_id) battery_ratio > 0.9`,
  (_x, i) => `absent(${GAUGES[i % GAUGES.length]}{device_id="device-${i % DEVICES}"})`,
  (x) => `count by (site) (contact_ratio < 0.6) / count by (site) (contact_ratio) > 0.5${x}`,
];

export function loadRules(count: number): RuleGroup[] {
  const rules = Array.from({ length: count }, (_, i): Rule => {
    const expr = SHAPES[i % SHAPES.length]!(String(Math.floor(i / SHAPES.length)).padStart(2, '0'), i);
    return {
      kind: 'alerting',
      name: `Rule${i}`,
      expr,
      query: parsePromql(expr),
      labels: { severity: i % 3 === 0 ? 'critical' : 'warning' },
      annotations: {},
      forMs: 120_000,
      keepFiringForMs: 0,
      watermarkMs: undefined,
      noData: 'resolve',
      line: 1,
    };
  });
  return [{ name: 'load', intervalMs: STEP_MS, limit: 0, queryOffsetMs: 0, rules }];
}
