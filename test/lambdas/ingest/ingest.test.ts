import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MetricBatch, Point } from '../../../core/metrics/model.ts';
import { encodeBatch } from '../../../core/metrics/otlp.ts';
import { createAcknowledgements, toRanges } from '../../../lambdas/ingest/acknowledgements.ts';
import { type IngestPorts, ingest } from '../../../lambdas/ingest/ingest.ts';
import { createIntervals } from '../../../lambdas/ingest/intervals.ts';
import { kpisOf } from '../../../lambdas/ingest/kpis.ts';
import { PoisonMessage, readMessage } from '../../../lambdas/ingest/message.ts';
import { type RefusedPoint, type StampedGroup, StoreUnavailable } from '../../../lambdas/shared/stores/metric-store.ts';
import { histogramOf } from '../../support/histograms.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const gauge = (name: string, value: number, labels = {}): Point => ({
  kind: 'gauge',
  name,
  labels,
  timeMs: NOON,
  value,
});

function batchOf(points: Point[], overrides: Partial<MetricBatch> = {}): MetricBatch {
  const groups = [{ resource: { job: 'neural', instance: 'lab-1' }, points }];
  return { boot: 'boot-1', seq: 1, sentAtMs: NOON, ackRequested: false, groups, ...overrides };
}

/** A world of ingest in memory: what was written, archived and rejected can be looked at. */
function createWorld() {
  const written: StampedGroup[] = [];
  const archived: RefusedPoint[] = [];
  const rejected: RefusedPoint[] = [];
  const acknowledgements = createAcknowledgements(60_000);
  const world = {
    written,
    archived,
    rejected,
    acknowledgements,
    nowMs: NOON,
    tooOldBeforeMs: 0,
    isStoreDown: false,
    ports: {} as IngestPorts,
    ingest: (batch: MetricBatch, arrivalMs = NOON) => ingest({ thing: 'lab-1', arrivalMs, batch }, world.ports),
  };
  world.ports = {
    store: {
      async write(groups) {
        if (world.isStoreDown) throw new StoreUnavailable('throttled');
        const flat = groups.flatMap(({ resource, points }) => points.map((point) => ({ resource, point })));
        const isOld = ({ point }: { point: Point }): boolean => point.timeMs < world.tooOldBeforeMs;
        written.push(...groups);
        const tooOld = flat.filter(isOld).map((entry) => ({ ...entry, reason: 'older than the memory store' }));
        return { stored: flat.length - tooOld.length, tooOld, rejected: [] };
      },
    },
    archive: {
      archive: async (_arrival, points) => void archived.push(...points),
      reject: async (_arrival, points) => void rejected.push(...points),
    },
    ownerOf: async () => ({ tenant: 'acme', site: 'boston' }),
    intervals: createIntervals(),
    acknowledgements,
    keepForRules: async () => undefined,
    nowMs: () => world.nowMs,
  };
  return world;
}

describe('ingest', () => {
  let world: ReturnType<typeof createWorld>;
  beforeEach(() => {
    world = createWorld();
  });

  test('stamps thing, tenant and site from the registry, over whatever the payload claims', async () => {
    await world.ingest(
      batchOf([gauge('neural_device_connected', 1, { tenant: 'rival', thing: 'lab-9', device_id: 'headset-1' })]),
    );
    expect(world.written).toEqual([
      {
        resource: { job: 'neural', instance: 'lab-1', thing: 'lab-1', tenant: 'acme', site: 'boston' },
        points: [gauge('neural_device_connected', 1, { device_id: 'headset-1' })],
      },
    ]);
  });

  test('every point ends in exactly one place', async () => {
    world.tooOldBeforeMs = NOON - 1000;
    const outcome = await world.ingest(
      batchOf([
        gauge('neural_device_connected', 1),
        { ...gauge('neural_device_connected', 1), timeMs: NOON - 5000 },
        gauge('not a metric', 1),
        gauge('neural_device_connected', Number.POSITIVE_INFINITY),
      ]),
    );
    expect(outcome).toMatchObject({ stored: 1, archived: 1, rejected: 2 });
    expect(world.archived.map(({ reason }) => reason)).toEqual(['older than the memory store']);
    expect(world.rejected.map(({ reason }) => reason)).toEqual([
      'the name "not a metric" is not a metric name of at most 256 characters',
      'the value Infinity is not a finite number',
    ]);
  });

  test('a store that is down fails the message, which is then neither acknowledged nor archived', async () => {
    world.isStoreDown = true;
    await expect(world.ingest(batchOf([gauge('neural_device_connected', 1)], { ackRequested: true }))).rejects.toThrow(
      StoreUnavailable,
    );
    expect(world.acknowledgements.takeDue(NOON + 3_600_000)).toEqual([]);
    expect(world.archived).toEqual([]);
  });

  test('a clock that runs ahead by more than two minutes is set back to the arrival, and marked', async () => {
    const outcome = await world.ingest(
      batchOf([{ ...gauge('neural_device_connected', 1), timeMs: NOON + 600_000 }], { sentAtMs: NOON + 600_000 }),
    );
    expect(outcome.skewMs).toBe(600_000);
    expect(world.written[0]?.resource).toMatchObject({ clock: 'corrected' });
    expect(world.written[0]?.points[0]?.timeMs).toBe(NOON);
  });

  test('a message that waited in the buffer for hours keeps its times', async () => {
    const outcome = await world.ingest(batchOf([gauge('neural_device_connected', 1)]), NOON + 6 * 3_600_000);
    expect(outcome.skewMs).toBe(0);
    expect(world.written[0]?.points[0]?.timeMs).toBe(NOON);
  });

  test('a cumulative histogram gets the percentiles of just the interval since its last point', async () => {
    const name = 'neural_signal_processing_duration_seconds';
    const at = (timeMs: number, values: number[]): Point => ({
      kind: 'histogram',
      name,
      labels: {},
      startMs: NOON,
      timeMs,
      histogram: histogramOf(values),
    });
    await world.ingest(batchOf([at(NOON + 1, [5, 5, 5, 5])]));
    await world.ingest(batchOf([at(NOON + 2, [5, 5, 5, 5, 0.01, 0.01])], { seq: 2 }));
    const [first, second] = world.written.map((group) => group.points[0]);
    expect(first?.interval).toBeUndefined();
    expect(second?.interval?.p95).toBeCloseTo(0.01, 3);
  });
});

describe('acknowledgements', () => {
  test('gather for the interval, then say ranges', () => {
    const acknowledgements = createAcknowledgements(60_000);
    for (const seq of [3, 1, 2, 7]) acknowledgements.stored('lab-1', 'b', seq, 0, false);
    expect(acknowledgements.takeDue(59_999)).toEqual([]);
    expect(acknowledgements.takeDue(60_000)).toEqual([
      {
        thing: 'lab-1',
        acknowledgement: {
          boot: 'b',
          ranges: [
            [1, 3],
            [7, 7],
          ],
        },
      },
    ]);
    expect(acknowledgements.takeDue(600_000)).toEqual([]);
  });

  test('an agent that asks is told at once', () => {
    const acknowledgements = createAcknowledgements(60_000);
    acknowledgements.stored('lab-1', 'b', 1, 0, true);
    expect(acknowledgements.takeDue(0)).toHaveLength(1);
  });

  test('what could not be published is said again', () => {
    const acknowledgements = createAcknowledgements(60_000);
    acknowledgements.stored('lab-1', 'b', 1, 0, true);
    const [due] = acknowledgements.takeDue(0);
    if (!due) throw new Error('nothing was due');
    acknowledgements.failed(due.thing, due.acknowledgement, 10);
    expect(acknowledgements.takeDue(10)).toEqual([due]);
  });

  test('ranges hold exactly the numbers they were made of', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 200 })), (seqs) => {
        const back = toRanges(seqs).flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
        expect(back).toEqual([...seqs].sort((a, b) => a - b));
      }),
    );
  });
});

describe('key figures', () => {
  test('sum the roll-ups of all devices for a minute, and nothing else', () => {
    const rollup = (timeMs: number, values: number[]): Point => ({
      kind: 'rollup',
      name: 'neural_data_quality_score',
      labels: {},
      startMs: timeMs - 60_000,
      timeMs,
      histogram: histogramOf(values),
    });
    expect(
      kpisOf([
        rollup(NOON, [0.5, 1]),
        rollup(NOON, [0.25]),
        rollup(NOON + 60_000, [1]),
        gauge('neural_data_quality_score', 9),
      ]),
    ).toEqual([
      { name: 'DataQualityScore', unit: 'None', minuteMs: NOON, count: 3, sum: 1.75, min: 0.25, max: 1 },
      { name: 'DataQualityScore', unit: 'None', minuteMs: NOON + 60_000, count: 1, sum: 1, min: 1, max: 1 },
    ]);
  });
});

describe('a message', () => {
  test('is gzip of OTLP', () => {
    const batch = batchOf([gauge('neural_device_connected', 1)]);
    expect(readMessage(gzipSync(encodeBatch(batch)))).toEqual(batch);
  });

  test.each([
    ['not gzip', Buffer.from('hello')],
    ['gzip of nonsense', gzipSync('hello')],
    ['gzip that unpacks to far too much', gzipSync(Buffer.alloc(8 * 1024 * 1024))],
  ])('that is %s is poison, with the reason', (_case, payload) => {
    expect(() => readMessage(payload)).toThrow(PoisonMessage);
  });
});
