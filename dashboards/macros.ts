/**
 * What a query leaves open until somebody looks at it: the time range, the width of an interval, the chosen things.
 * Grafana's data sources substitute these names; the browser view of the twin does it with the functions below, in the
 * same way, so that one text serves both.
 */

/** The Timestream data source's macros (its documentation, "Query editor"). */
export const TIMESTREAM_MACROS = {
  /** `time BETWEEN from_milliseconds(...) AND from_milliseconds(...)` */
  timeFilter: '$__timeFilter',
  /** End of the range, epoch milliseconds. */
  timeTo: '$__timeTo',
  /** Width of one point on the screen as a duration literal: `10000ms`. */
  interval: '$__interval_ms',
} as const;

/** The Prometheus data source's macros. */
export const PROMETHEUS_MACROS = {
  /** Window for `rate`: wide enough for four samples, at least one interval (`rateWindowMs`). */
  rateInterval: '$__rate_interval',
  /** Time that one point on the screen covers. */
  interval: '$__interval',
  /** The whole range, for what happened within it. */
  range: '$__range',
} as const;

/** The dashboard variable every query is narrowed by: the things whose series it shows. */
export const THING_VARIABLE = 'thing';
/** Value of the variable when all things are chosen: a regular expression, inserted as it is. */
export const ALL_THINGS = '.*';

/** Where one-minute roll-ups are: a table of their own in Timestream, names of their own in Prometheus. */
export const MINUTE_TABLE = 'metrics_1m';
export const MINUTE_SUFFIX = ':1m';

/** How often agents publish when nobody watches. Grafana's data source is told the same (`timeInterval`). */
export const PUBLISH_INTERVAL_MS = 10_000;

export interface View {
  readonly fromMs: number;
  readonly toMs: number;
  readonly intervalMs: number;
  /** Regular expression of the chosen things; all of them when absent. */
  readonly thing?: string;
}

/** Timestream SQL ready to run. Longer macro names are replaced before those they start with. */
export function expandTimestream(sql: string, view: View): string {
  const range = `time BETWEEN from_milliseconds(${view.fromMs}) AND from_milliseconds(${view.toMs})`;
  return sql
    .replaceAll(TIMESTREAM_MACROS.timeFilter, range)
    .replaceAll(TIMESTREAM_MACROS.timeTo, String(view.toMs))
    .replaceAll(TIMESTREAM_MACROS.interval, `${Math.max(1, Math.round(view.intervalMs))}ms`)
    .replaceAll(`\${${THING_VARIABLE}:regex}`, (view.thing ?? ALL_THINGS).replaceAll("'", "''"));
}

/** PromQL ready to run. */
export function expandPromql(expression: string, view: View): string {
  return expression
    .replaceAll(PROMETHEUS_MACROS.rateInterval, `${Math.round(rateWindowMs(view.intervalMs))}ms`)
    .replaceAll(PROMETHEUS_MACROS.interval, `${Math.max(1, Math.round(view.intervalMs))}ms`)
    .replaceAll(PROMETHEUS_MACROS.range, `${Math.max(1, Math.round((view.toMs - view.fromMs) / 1000))}s`)
    .replaceAll(`$${THING_VARIABLE}`, (view.thing ?? ALL_THINGS).replaceAll('\\', '\\\\').replaceAll('"', '\\"'));
}

/** Grafana's rule: the interval plus one publish interval, and never less than four publish intervals. */
export function rateWindowMs(intervalMs: number): number {
  return Math.max(intervalMs + PUBLISH_INTERVAL_MS, 4 * PUBLISH_INTERVAL_MS);
}
