import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Labels } from '../../core/metrics/model.ts';
import type { NamedQuery } from '../../dashboards/query.ts';
import { classicQuantileOverTime } from '../../dashboards/shapes/classic-quantile-over-time.ts';
import { increaseInRange } from '../../dashboards/shapes/increase.ts';
import { rateOverTime } from '../../dashboards/shapes/rate-over-time.ts';
import type { Frame } from '../../local/web/ports.ts';
import { createRunQuery } from '../../local/web/run-query.ts';
import { DATABASE, type SampleStore, timestreamSample } from '../support/sample-store.ts';

/** Counters in SQL, on series whose differences are plain to see. */

const START = Date.parse('2026-11-23T12:00:00Z');
const STEP_MS = 10_000;
const names = { name: 'x', legend: 'x' };

let store: SampleStore;

/** Writes a counter of `thing`, one value every ten seconds; `undefined` is a point that never came. */
async function write(name: string, thing: string, values: readonly (number | undefined)[], labels: Labels = {}) {
  const points = values.flatMap((value, i) =>
    value === undefined
      ? []
      : [{ kind: 'counter' as const, name, labels, startMs: START, timeMs: START + i * STEP_MS, value }],
  );
  await store.write([
    { resource: { thing, job: 'neural', instance: thing, device_id: 'd', device_type: 't' }, points },
  ]);
}

async function ask(query: NamedQuery, intervalMs = STEP_MS): Promise<Frame> {
  const target = { refId: 'A', rawQuery: query.timestream(DATABASE), format: query.form === 'series' ? 1 : 0 };
  return createRunQuery(store.ports)(target, { fromMs: START, toMs: START + 120_000, intervalMs });
}

function values(frame: Frame): (number | null)[] {
  return frame.kind === 'series'
    ? (frame.series[0]?.points.map(([, value]) => value) ?? [])
    : frame.rows.map((row) => row.at(-1) as number);
}

beforeAll(async () => {
  store = await timestreamSample(() => START + 120_000);
});
afterAll(async () => {
  await store.close();
});

describe('a counter that started anew', () => {
  beforeAll(async () => {
    await write('neural_sessions_total', 'a', [0, 10, 20, 5, 15], { outcome: 'completed' });
  });

  test('has grown by what it counted before and since', async () => {
    expect(values(await ask(increaseInRange('neural_sessions_total', { ...names, by: ['outcome'] })))).toEqual([35]);
  });

  test('never has a negative rate', async () => {
    expect(values(await ask(rateOverTime('neural_sessions_total', names)))).toEqual([1, 1, 0.5, 1]);
  });
});

describe('a counter of several series', () => {
  beforeAll(async () => {
    await write('neural_device_samples_total', 'a', [0, 100, 200, 300]);
    await write('neural_device_samples_total', 'b', [5000, 5050, 5100, 5150]);
  });

  test('grows as fast as all of them together, whatever they started from', async () => {
    expect(values(await ask(rateOverTime('neural_device_samples_total', names)))).toEqual([15, 15, 15]);
  });

  test('has the same rate over wider intervals', async () => {
    expect(values(await ask(rateOverTime('neural_device_samples_total', names), 60_000))).toEqual([15]);
  });
});

test('a counter with a gap has the rate of the whole gap, not a jump', async () => {
  await write('neural_device_samples_lost_total', 'a', [0, 10, undefined, undefined, 40]);
  expect(values(await ask(rateOverTime('neural_device_samples_lost_total', names)))).toEqual([1, 1]);
});

describe('a percentile of a classic histogram', () => {
  beforeAll(async () => {
    const bucket = (le: string, counts: number[]) =>
      write('http_request_duration_seconds_bucket', 'a', counts, { le, method: 'GET', route: '/', status: '200' });
    // Of ten requests each time: four within 0.1 s, five more within 0.5 s, one longer than any bound.
    await bucket('0.1', [0, 4, 8]);
    await bucket('0.5', [0, 9, 18]);
    await bucket('+Inf', [0, 10, 20]);
  });

  const percentile = async (p: number) =>
    values(await ask(classicQuantileOverTime('http_request_duration_seconds', { ...names, percentile: p })));

  test('is linear within its bucket', async () => {
    // Rank 5 of 10 is the first of the five in (0.1, 0.5].
    for (const value of await percentile(50)) expect(value).toBeCloseTo(0.1 + 0.4 * (1 / 5), 12);
    for (const value of await percentile(20)) expect(value).toBeCloseTo(0.05, 12);
  });

  test('is the last bound where the bucket has none', async () => {
    expect(await percentile(95)).toEqual([0.5, 0.5]);
  });
});
