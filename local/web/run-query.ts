import { expandPromql, expandTimestream } from '../../dashboards/macros.ts';
import { TIMESTREAM_FORMAT } from '../../dashboards/targets/timestream-query.ts';
import type { Cell, Frame, FrameSeries, PanelTarget, QueryView } from './ports.ts';

/** What a Timestream query answers, with numbers as numbers and times as epoch milliseconds. */
export interface TimestreamRows {
  readonly columns: readonly { readonly name: string; readonly kind: 'time' | 'number' | 'text' }[];
  readonly rows: readonly (readonly Cell[])[];
}

/** One series of a Prometheus answer: times in seconds, values as text, as its API writes them. */
export interface PrometheusSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

export interface StorePorts {
  readonly timestreamQuery?: (sql: string) => Promise<TimestreamRows>;
  readonly promRange?: (
    query: string,
    startMs: number,
    endMs: number,
    stepMs: number,
  ) => Promise<readonly PrometheusSeries[]>;
  readonly promInstant?: (query: string, timeMs: number) => Promise<readonly PrometheusSeries[]>;
}

/** Runs a panel's query against whichever store it is written for. */
export function createRunQuery(ports: StorePorts): (target: PanelTarget, view: QueryView) => Promise<Frame> {
  return async (target, view) => {
    if (target.rawQuery !== undefined) return runTimestream(ports, target, target.rawQuery, view);
    if (target.expr !== undefined) return runPrometheus(ports, target, target.expr, view);
    throw new Error(`query ${target.refId}: has neither rawQuery (Timestream) nor expr (Prometheus)`);
  };
}

async function runTimestream(ports: StorePorts, target: PanelTarget, sql: string, view: QueryView): Promise<Frame> {
  if (!ports.timestreamQuery) throw new Error(`query ${target.refId}: asks Timestream, but the store is another one`);
  const asSeries = target.format === TIMESTREAM_FORMAT.timeSeries;
  try {
    const answer = await ports.timestreamQuery(expandTimestream(sql, view));
    return asSeries
      ? longToSeries(answer)
      : { kind: 'table', columns: answer.columns.map((c) => c.name), rows: answer.rows };
  } catch (error) {
    if (isNotWrittenYet(error))
      return asSeries ? { kind: 'series', series: [] } : { kind: 'table', columns: [], rows: [] };
    throw error;
  }
}

/** Timestream learns columns from what is written: before the first point of a metric, its labels do not exist. */
function isNotWrittenYet(error: unknown): boolean {
  const message = error instanceof Error ? error.message : String(error);
  return /(column|table)\b.*(does not exist|cannot be resolved|not found)/is.test(message);
}

/** As the data source does it: text columns become labels, each combination a series of every number column. */
function longToSeries({ columns, rows }: TimestreamRows): Frame {
  const time = columns.findIndex((column) => column.kind === 'time');
  const found = new Map<string, { name: string; labels: Record<string, string>; points: [number, number | null][] }>();
  for (const row of rows) {
    const at = row[time];
    if (typeof at !== 'number') continue;
    const labels: Record<string, string> = {};
    for (const [i, column] of columns.entries()) if (column.kind === 'text') labels[column.name] = String(row[i] ?? '');
    for (const [i, column] of columns.entries()) {
      if (column.kind !== 'number') continue;
      const key = JSON.stringify([column.name, labels]);
      const series = found.get(key) ?? { name: column.name, labels, points: [] };
      found.set(key, series);
      const value = row[i];
      series.points.push([at, typeof value === 'number' ? value : null]);
    }
  }
  return { kind: 'series', series: [...found.values()] };
}

async function runPrometheus(ports: StorePorts, target: PanelTarget, expr: string, view: QueryView): Promise<Frame> {
  if (!ports.promRange || !ports.promInstant) {
    throw new Error(`query ${target.refId}: asks Prometheus, but the store is another one`);
  }
  const query = expandPromql(expr, view);
  if (target.instant) return vectorToTable(await ports.promInstant(query, view.toMs), target.refId);
  // Steps at whole intervals of the clock, as Grafana aligns them: points do not wander from refresh to refresh.
  const step = Math.max(1000, Math.round(view.intervalMs));
  const start = Math.floor(view.fromMs / step) * step;
  const end = Math.ceil(view.toMs / step) * step;
  return matrixToSeries(await ports.promRange(query, start, Math.min(end, view.toMs), step));
}

function matrixToSeries(matrix: readonly PrometheusSeries[]): Frame {
  const series = matrix.map(
    ({ metric, values }): FrameSeries => ({
      name: '',
      labels: withoutName(metric),
      points: values.map(([seconds, text]) => [Math.round(seconds * 1000), finite(text)]),
    }),
  );
  return { kind: 'series', series };
}

function vectorToTable(vector: readonly PrometheusSeries[], refId: string): Frame {
  const labels = [...new Set(vector.flatMap(({ metric }) => Object.keys(withoutName(metric))))].sort();
  return {
    kind: 'table',
    columns: [...labels, `Value #${refId}`],
    rows: vector.map(({ metric, values }) => [
      ...labels.map((label) => metric[label] ?? ''),
      finite(values.at(-1)?.[1] ?? 'NaN'),
    ]),
  };
}

function withoutName(metric: Readonly<Record<string, string>>): Record<string, string> {
  const { __name__: _name, ...labels } = metric;
  return labels;
}

/** JSON has no NaN and no infinity; on the screen both mean that there is nothing to draw. */
function finite(text: string): number | null {
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
