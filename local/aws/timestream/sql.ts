/**
 * Timestream's SQL on DuckDB. Most of it is the same; what differs is either a macro (functions) or one of three lexical
 * rewrites (types in column names, durations such as `1m`, `current_timestamp`).
 */

const UNITS: Readonly<Record<string, string>> = {
  us: 'microseconds',
  ms: 'milliseconds',
  s: 'seconds',
  m: 'minutes',
  h: 'hours',
  d: 'days',
  w: 'weeks',
  mo: 'months',
  y: 'years',
};

/** `'...'`, `"..."`, comments: text in which nothing is rewritten. */
const QUOTED = /('(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/)/;

/** `measure_value::double` would read as a cast, `1m` as an alias. */
export function toDuckDb(sql: string): string {
  return sql
    .split(QUOTED)
    .map((part, i) => (i % 2 === 1 ? part : rewrite(part)))
    .join('');
}

function rewrite(sql: string): string {
  return sql
    .replace(/\bmeasure_value::(double|bigint|varchar|boolean|timestamp)\b/gi, (_, type: string) => {
      return `"measure_value::${type.toLowerCase()}"`;
    })
    .replace(/\bcurrent_timestamp\b/gi, 'now()')
    .replace(/(?<![\w.])(\d+)(us|ms|mo|s|m|h|d|w|y)\b/g, (_, count: string, unit: string) => {
      return `INTERVAL '${count} ${UNITS[unit]}'`;
    });
}

/** DuckDB statements that define Timestream's functions. `now` is a variable, so that a test's clock rules here too. */
export const MACROS: readonly string[] = [
  `SET VARIABLE now = TIMESTAMP '1970-01-01'`,
  `CREATE MACRO now() AS getvariable('now')`,
  `CREATE MACRO ago(duration) AS getvariable('now') - duration`,
  // DuckDB's own buckets start on Monday, 2000-01-03; Timestream's at the epoch.
  `CREATE MACRO bin(t, width) AS time_bucket(width, t::TIMESTAMP, TIMESTAMP '1970-01-01')`,
  `CREATE MACRO approx_percentile(x, q) AS quantile_cont(x, q)`,
  `CREATE MACRO approx_distinct(x) AS approx_count_distinct(x)`,
  `CREATE MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern)`,
  `CREATE MACRO to_milliseconds(t) AS epoch_ms(t::TIMESTAMP)`,
  `CREATE MACRO from_milliseconds(ms) AS make_timestamp_ms(ms)`,
  `CREATE MACRO to_nanoseconds(t) AS epoch_ns(t::TIMESTAMP)`,
  `CREATE MACRO from_nanoseconds(ns) AS make_timestamp((ns // 1000)::BIGINT)`,
  `CREATE MACRO to_unixtime(t) AS epoch(t::TIMESTAMP)`,
  `CREATE MACRO from_unixtime(s) AS make_timestamp((s * 1000000)::BIGINT)`,
  `CREATE MACRO from_iso8601_timestamp(text) AS text::TIMESTAMP`,
  `CREATE MACRO parse_duration(text) AS text::INTERVAL`,
  `CREATE MACRO date_add(unit, n, t) AS t + CASE unit
     WHEN 'millisecond' THEN INTERVAL '1 millisecond' * n WHEN 'second' THEN to_seconds(n)
     WHEN 'minute' THEN to_minutes(n) WHEN 'hour' THEN to_hours(n) WHEN 'day' THEN to_days(n::INTEGER)
     WHEN 'week' THEN to_weeks(n::INTEGER) WHEN 'month' THEN to_months(n::INTEGER) ELSE to_years(n::INTEGER) END`,
];

/** What Timestream has and this dialect does not: named clearly instead of failing somewhere inside DuckDB. */
const UNSUPPORTED =
  /\b(create_time_series|interpolate_linear|interpolate_spline_cubic|interpolate_locf|interpolate_fill|unload|element_at|sequence)\s*\(/i;

/** The name of a function that the twin's Timestream does not know, if the statement uses one. */
export function unsupportedFunction(sql: string): string | undefined {
  return sql
    .split(QUOTED)
    .filter((_, i) => i % 2 === 0)
    .map((part) => UNSUPPORTED.exec(part)?.[1])
    .find((name) => name !== undefined);
}

/** Tables that a statement reads, as `[database, table]`. */
export function tablesOf(sql: string): [database: string, table: string][] {
  const tables = new Map<string, [string, string]>();
  for (const [, quotedDatabase, plainDatabase, quotedTable, plainTable] of sql.matchAll(
    /\b(?:from|join|describe)\s+(?:"([^"]+)"|([\w-]+))\s*\.\s*(?:"([^"]+)"|([\w-]+))/gi,
  )) {
    const database = quotedDatabase ?? plainDatabase ?? '';
    const table = quotedTable ?? plainTable ?? '';
    tables.set(`${database}.${table}`, [database, table]);
  }
  return [...tables.values()];
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
