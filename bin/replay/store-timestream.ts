import { TimestreamQueryClient } from '@aws-sdk/client-timestream-query';
import { parseHistogramText } from '../../core/metrics/histogram-text.ts';
import type { Labels, Point } from '../../core/metrics/model.ts';
import type { ColumnStore } from '../../core/promql/range/column-store.ts';
import { PointSeries } from '../../core/replay/points.ts';
import { timestreamPort } from '../../local/web/timestream-port.ts';
import type { ClientConfig, DeployedStore } from '../deployment.ts';
import type { Show } from './input.ts';
import type { Needed } from './needed.ts';

/** Rows of one query: a part of the time, so that its answer fits into memory beside the columns. */
const PART_MS = 6 * 3_600_000;
/** Columns of a row that are no labels. */
const MEASURES = /^(?:time|measure_name|value|count|sum|min|max|p\d+|histogram|interval_\w+)$/;

/** The points of the metrics that the rules look at, as they were stored. */
export async function readTimestream(
  { database, table }: Extract<DeployedStore, { kind: 'timestream' }>,
  client: ClientConfig,
  { metrics, fromMs, toMs }: Needed,
  signal: AbortSignal,
  show: Show,
): Promise<ColumnStore> {
  const query = timestreamPort(new TimestreamQueryClient(client));
  const points = new PointSeries();
  const names = metrics.map((name) => `'${name}'`).join(', ');
  for (let startMs = fromMs; startMs <= toMs; startMs += PART_MS) {
    signal.throwIfAborted();
    const endMs = Math.min(startMs + PART_MS - 1, toMs);
    const { columns, rows } = await query(
      `SELECT * FROM "${database}"."${table}" WHERE measure_name IN (${names}) ` +
        `AND time BETWEEN from_milliseconds(${startMs}) AND from_milliseconds(${endMs}) ORDER BY time`,
    );
    const columnNames = columns.map(({ name }) => name);
    for (const row of rows) {
      const cells = new Map(columnNames.map((name, i) => [name, row[i] ?? null]));
      const point = pointOf(cells);
      if (point) points.add([{ resource: {}, points: [point] }], point.timeMs);
    }
    show('reading the store', (endMs - fromMs) / (toMs - fromMs));
  }
  return points.finish();
}

function pointOf(cells: ReadonlyMap<string, string | number | null>): Point | undefined {
  const [timeMs, name, value, text] = ['time', 'measure_name', 'value', 'histogram'].map((column) => cells.get(column));
  if (typeof timeMs !== 'number' || typeof name !== 'string') return undefined;
  const labels: Record<string, string> = {};
  for (const [column, cell] of cells) {
    if (typeof cell === 'string' && !MEASURES.test(column)) labels[column] = cell;
  }
  const common = { name, labels: labels as Labels, timeMs };
  if (typeof text !== 'string') return typeof value === 'number' ? { kind: 'gauge', ...common, value } : undefined;
  const [count, sum] = [Number(cells.get('count') ?? 0), Number(cells.get('sum') ?? 0)];
  return { kind: 'histogram', ...common, startMs: 0, histogram: parseHistogramText(text, { count, sum }) };
}
