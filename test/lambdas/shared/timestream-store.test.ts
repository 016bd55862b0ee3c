import { TimestreamWriteClient } from '@aws-sdk/client-timestream-write';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Point } from '../../../core/metrics/model.ts';
import { type MetricStore, StoreUnavailable } from '../../../lambdas/shared/stores/metric-store.ts';
import { timestreamStore } from '../../../lambdas/shared/stores/timestream.ts';
import { createTimestream, type Timestream } from '../../../local/aws/timestream.ts';
import { ID, type Rig, startRig } from '../../local/aws/support.ts';
import { histogramOf } from '../../support/histograms.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const HOUR = 3_600_000;
const resource = { job: 'neural', thing: 'lab-1', tenant: 'acme', site: 'boston', empty: '' };
const gauge = (timeMs: number, value: number, i = 0): Point => ({
  kind: 'gauge',
  name: 'neural_channel_quality_score',
  labels: { channel: `C${i}` },
  timeMs,
  value,
});

describe('the Timestream store', () => {
  let rig: Rig;
  let timestream: Timestream;
  let client: TimestreamWriteClient;
  let store: MetricStore;
  let database = 0;

  beforeAll(async () => {
    rig = await startRig();
    timestream = await createTimestream(rig.place, () => NOW);
    rig.endpoint.use(timestream.service);
    client = new TimestreamWriteClient({ ...rig.client, maxAttempts: 1 });
  });

  beforeEach(async () => {
    const DatabaseName = `db${++database}`;
    await timestream.provisioners['AWS::Timestream::Database']?.(ID, { DatabaseName });
    for (const TableName of ['metrics', 'metrics_1m']) {
      await timestream.provisioners['AWS::Timestream::Table']?.(ID, {
        DatabaseName,
        TableName,
        RetentionProperties: { MemoryStoreRetentionPeriodInHours: '24', MagneticStoreRetentionPeriodInDays: '7' },
      });
    }
    store = timestreamStore(client, { database: DatabaseName, points: 'metrics', rollups: 'metrics_1m' });
  });

  afterAll(async () => {
    client.destroy();
    await rig.endpoint.close();
  });

  /** Timestream answers in text; what is a number is compared as one. */
  const value = (text: string | null) => (text !== null && Number.isFinite(Number(text)) ? Number(text) : text);
  const rows = async (sql: string) =>
    (await timestream.query(sql.replaceAll('DB', `"db${database}"`))).rows.map((row) => row.map(value));
  const count = async (table = 'metrics') => Number((await rows(`SELECT count(*) FROM DB."${table}"`))[0]?.[0]);

  test('writes one row a point, with labels as dimensions and an empty label as none', async () => {
    expect(await store.write([{ resource, points: [gauge(NOW, 0.5)] }])).toEqual({
      stored: 1,
      tooOld: [],
      rejected: [],
    });
    expect(await rows('SELECT measure_name, thing, channel, "value" FROM DB."metrics"')).toEqual([
      ['neural_channel_quality_score', 'lab-1', 'C0', 0.5],
    ]);
  });

  test('the same write again is stored, and changes nothing', async () => {
    const groups = [{ resource, points: Array.from({ length: 250 }, (_, i) => gauge(NOW, i / 250, i)) }];
    expect(await store.write(groups)).toMatchObject({ stored: 250, rejected: [] });
    expect(await store.write(groups)).toMatchObject({ stored: 250, rejected: [] });
    expect(await count()).toBe(250);
  });

  test('a histogram keeps its buckets; percentiles only where the interval is known; roll-ups go to their own table', async () => {
    const histogram = histogramOf([0.01, 0.02, 0.04]);
    const at = { name: 'neural_device_latency_seconds', labels: {}, startMs: NOW - 60_000, histogram } as const;
    await store.write([
      {
        resource,
        points: [
          { ...at, kind: 'histogram', timeMs: NOW - 1, interval: { p50: 0.02, p95: 0.04, p99: 0.04 } },
          { ...at, kind: 'histogram', timeMs: NOW },
          { ...at, kind: 'rollup', timeMs: NOW },
        ],
      },
    ]);
    expect(await rows('SELECT "count", "p95" FROM DB."metrics" ORDER BY time')).toEqual([
      [3, 0.04],
      [3, null],
    ]);
    const [rollup] = await rows('SELECT "count", "min", "max", "value", "p99", "histogram" FROM DB."metrics_1m"');
    expect(rollup).toEqual([
      3,
      0.01,
      0.04,
      expect.closeTo(0.07 / 3),
      expect.closeTo(0.04, 3),
      expect.stringMatching(/^\d+\|0\|-?\d+:/),
    ]);
  });

  test('a point older than the table keeps is handed back to be archived; the others are stored', async () => {
    const result = await store.write([{ resource, points: [gauge(NOW - 30 * 24 * HOUR, 1), gauge(NOW, 1, 1)] }]);
    expect(result).toMatchObject({ stored: 1, rejected: [] });
    expect(result.tooOld.map(({ point }) => point.timeMs)).toEqual([NOW - 30 * 24 * HOUR]);
    expect(await count()).toBe(1);
  });

  test.each(['ThrottlingException', 'InternalServerException'])(
    '%s means: try the whole message again',
    async (error) => {
      rig.endpoint.faults.next('timestream', 'WriteRecords', { error, times: 1 });
      await expect(store.write([{ resource, points: [gauge(NOW, 1)] }])).rejects.toThrow(StoreUnavailable);
      expect(await store.write([{ resource, points: [gauge(NOW, 1)] }])).toMatchObject({ stored: 1 });
    },
  );
});
