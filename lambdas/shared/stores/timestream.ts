import {
  type Dimension,
  type MeasureValue,
  RejectedRecordsException,
  type _Record as TimestreamRecord,
  type TimestreamWriteClient,
  WriteRecordsCommand,
} from '@aws-sdk/client-timestream-write';
import { quantile } from '../../../core/metrics/exponential-histogram.ts';
import { histogramText } from '../../../core/metrics/histogram-text.ts';
import type { Labels, Point } from '../../../core/metrics/model.ts';
import {
  type MetricStore,
  type RefusedPoint,
  type StampedGroup,
  type StampedPoint,
  StoreUnavailable,
  type WriteResult,
} from './metric-store.ts';

/** Limits of Timestream for LiveAnalytics (developer guide, "Quotas"). */
const RECORDS_PER_WRITE = 100;
const WRITES_IN_FLIGHT = 4;
/** Time of a point and measure name are its key together with the dimensions; ours never change, so one version does. */
const VERSION = 1;
/** The reasons as Timestream words them; it gives no code. */
const ALREADY_THERE = /record already exists with the same time/i;
const TOO_OLD = /timestamp is outside the time range/i;

export interface TimestreamTables {
  readonly database: string;
  /** Points at the publish interval. */
  readonly points: string;
  /** One-minute roll-ups, kept for longer. */
  readonly rollups: string;
}

interface Row {
  readonly resource: Labels;
  readonly point: Point;
  readonly record: TimestreamRecord;
}

/**
 * Amazon Timestream for LiveAnalytics: one row a point, named by its metric, so that what is stored can be counted.
 * A point that is already there counts as stored: the first write of it won.
 */
export function timestreamStore(client: TimestreamWriteClient, tables: TimestreamTables): MetricStore {
  async function writeChunk(table: string, resource: Labels, rows: readonly Row[]): Promise<WriteResult> {
    try {
      await client.send(
        new WriteRecordsCommand({
          DatabaseName: tables.database,
          TableName: table,
          CommonAttributes: {
            Dimensions: dimensions(resource),
            MeasureValueType: 'MULTI',
            TimeUnit: 'MILLISECONDS',
            Version: VERSION,
          },
          Records: rows.map((row) => row.record),
        }),
      );
      return { stored: rows.length, tooOld: [], rejected: [] };
    } catch (error) {
      if (error instanceof RejectedRecordsException) return sortRejected(error, rows);
      if (isLasting(error)) {
        const reason = `${(error as Error).name}: ${(error as Error).message}`;
        return { stored: 0, tooOld: [], rejected: rows.map(({ point }) => ({ resource, point, reason })) };
      }
      throw new StoreUnavailable(`Timestream did not take ${rows.length} records: ${String(error)}`, { cause: error });
    }
  }

  return {
    async write(groups) {
      const chunks = groups.flatMap((group) => [
        ...chunk(group, tables.points, (point) => point.kind !== 'rollup'),
        ...chunk(group, tables.rollups, (point) => point.kind === 'rollup'),
      ]);
      const results: WriteResult[] = [];
      for (let i = 0; i < chunks.length; i += WRITES_IN_FLIGHT) {
        const window = chunks.slice(i, i + WRITES_IN_FLIGHT);
        results.push(...(await Promise.all(window.map((c) => writeChunk(c.table, c.resource, c.rows)))));
      }
      return {
        stored: results.reduce((sum, result) => sum + result.stored, 0),
        tooOld: results.flatMap((result) => result.tooOld),
        rejected: results.flatMap((result) => result.rejected),
      };
    },
  };
}

/** Errors that no retry can mend: the request itself is wrong. Throttling and faults of the service are not. */
function isLasting(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException';
}

function sortRejected(error: RejectedRecordsException, rows: readonly Row[]): WriteResult {
  const tooOld: RefusedPoint[] = [];
  const rejected: RefusedPoint[] = [];
  for (const { RecordIndex, Reason = 'no reason given', ExistingVersion } of error.RejectedRecords ?? []) {
    const row = RecordIndex === undefined ? undefined : rows[RecordIndex];
    // The point is there already, from an earlier try that worked out other interval percentiles, or in a higher version.
    if (!row || ExistingVersion !== undefined || ALREADY_THERE.test(Reason)) continue;
    const refused = { resource: row.resource, point: row.point, reason: Reason };
    if (TOO_OLD.test(Reason)) tooOld.push(refused);
    else rejected.push(refused);
  }
  return { stored: rows.length - tooOld.length - rejected.length, tooOld, rejected };
}

function chunk(group: StampedGroup, table: string, belongs: (point: Point) => boolean) {
  const rows = group.points
    .filter(belongs)
    .map((point): Row => ({ resource: group.resource, point, record: toRecord(point) }));
  const chunks = [];
  for (let i = 0; i < rows.length; i += RECORDS_PER_WRITE) {
    chunks.push({ table, resource: group.resource, rows: rows.slice(i, i + RECORDS_PER_WRITE) });
  }
  return chunks;
}

function toRecord(point: StampedPoint): TimestreamRecord {
  return {
    MeasureName: point.name,
    Time: String(point.timeMs),
    Dimensions: dimensions(point.labels),
    MeasureValues: measures(point),
  };
}

/** Timestream refuses empty dimension values; an empty label means an absent one. */
function dimensions(labels: Labels): Dimension[] {
  return Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([Name, Value]) => ({ Name, Value }));
}

function measures(point: StampedPoint): MeasureValue[] {
  if (point.kind === 'gauge' || point.kind === 'counter') return [double('value', point.value)];
  const { histogram } = point;
  const values = [
    double('count', histogram.count),
    double('sum', histogram.sum),
    { Name: 'histogram', Type: 'VARCHAR' as const, Value: histogramText(histogram) },
  ];
  if (histogram.min !== undefined && histogram.max !== undefined) {
    values.push(double('min', histogram.min), double('max', histogram.max));
  }
  if (point.kind === 'rollup' && histogram.count > 0) {
    values.push(double('value', histogram.sum / histogram.count));
    for (const q of [50, 95, 99]) values.push(double(`p${q}`, quantile(histogram, q / 100)));
  } else if (point.interval) {
    for (const [name, value] of Object.entries(point.interval)) values.push(double(name, value));
  }
  return values;
}

function double(Name: string, value: number): MeasureValue {
  return { Name, Type: 'DOUBLE', Value: String(value) };
}
