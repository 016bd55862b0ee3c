import { THING_VARIABLE, TIMESTREAM_MACROS } from './macros.ts';

/** Pieces of Timestream SQL. The table holds one row a point: `measure_name` is the metric, labels are columns. */

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `, "a", "b"`: labels after a first column, nothing when there are none. */
export function andColumns(labels: readonly string[]): string {
  return labels.map((label) => `, ${identifier(label)}`).join('');
}

/** `GROUP BY 1, 2, 3` over the first `count` columns; nothing for none. */
export function groupBy(count: number): string {
  return count === 0 ? '' : `\nGROUP BY ${Array.from({ length: count }, (_, i) => i + 1).join(', ')}`;
}

export interface Rows {
  readonly database: string;
  /** `metrics`, the points, when absent. */
  readonly table?: string;
  readonly metrics: readonly string[];
  readonly where?: Readonly<Record<string, string>>;
  /** Condition on the time; the dashboard's range when absent. */
  readonly time?: string;
}

/** `FROM ... WHERE ...`: the points of some metrics in the range, of the chosen things. */
export function fromPoints(rows: Rows): string {
  const { database, table = 'metrics', metrics, where = {}, time = TIMESTREAM_MACROS.timeFilter } = rows;
  const names = metrics.map(literal).join(', ');
  const conditions = [
    metrics.length === 1 ? `measure_name = ${names}` : `measure_name IN (${names})`,
    time,
    `regexp_like(coalesce("thing", ''), '^(\${${THING_VARIABLE}:regex})$')`,
    ...Object.entries(where).map(([label, value]) => `${identifier(label)} = ${literal(value)}`),
  ];
  return `FROM ${identifier(database)}.${identifier(table)}\nWHERE ${conditions.join('\n  AND ')}`;
}

/** The time of a point, rounded down to the interval one point of the screen covers. */
export const BIN = `bin(time, ${TIMESTREAM_MACROS.interval})`;

/**
 * A query named `steps`: for each point of counters, its labels, `increase` since the point before of the same series
 * and the `elapsed_ms` between the two. A counter that went down was reset, and has counted its value since.
 */
export function counterSteps(rows: Rows, labels: readonly string[]): string {
  const columns = labels.map(identifier).join(', ');
  const series = `OVER (PARTITION BY measure_name, ${columns} ORDER BY time)`;
  return `WITH points AS (
SELECT time, measure_name, ${columns}, "value",
  lag("value") ${series} AS previous,
  lag(time) ${series} AS previous_time
${fromPoints(rows)}
), steps AS (
SELECT time, measure_name, ${columns},
  CASE WHEN "value" < previous THEN "value" ELSE "value" - previous END AS increase,
  date_diff('millisecond', previous_time, time) AS elapsed_ms
FROM points
WHERE previous IS NOT NULL
)`;
}
