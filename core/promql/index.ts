import type { Annotations } from './annotations.ts';
import { DEFAULT_LOOKBACK_MS, evaluate, evaluateSteps } from './evaluate.ts';
import { parsePromql } from './parser.ts';
import type { SeriesSource } from './series.ts';
import type { Matrix, Value } from './values.ts';

/** PromQL with Prometheus 3's semantics: parse once with `parsePromql`, evaluate as often as needed. */

export { Annotations } from './annotations.ts';
export type { Expr, VectorSelector } from './ast.ts';
export { formatDuration, parseDuration } from './durations.ts';
export { PromqlEvaluationError, PromqlSyntaxError } from './errors.ts';
export { DEFAULT_LOOKBACK_MS, evaluate, evaluateSteps } from './evaluate.ts';
export { formatHistogram, formatValue } from './format.ts';
export { formatMatchers, type Matcher, matcher, matches, metricNameOf } from './matchers.ts';
export { neededSeries } from './needed-series.ts';
export { parsePromql } from './parser.ts';
export type { NativeHistogram, Sample, Series, SeriesSource } from './series.ts';
export { classicView } from './source-classic.ts';
export { MemorySeriesSource } from './source-memory.ts';
export { typeOf } from './typecheck.ts';
export type { Matrix, MatrixSeries, Value, Vector, VectorSample } from './values.ts';

export interface QueryOptions {
  readonly lookbackMs?: number;
  readonly annotations?: Annotations;
}

/** One query at one time (ms). Throws a PromqlSyntaxError or a PromqlEvaluationError. */
export function evaluateInstant(query: string, atMs: number, source: SeriesSource, options: QueryOptions = {}): Value {
  return evaluate(parsePromql(query), { at: atMs, source, lookbackMs: DEFAULT_LOOKBACK_MS, ...options });
}

/** One query from `startMs` to `endMs` (inclusive) every `stepMs`. Throws like `evaluateInstant`. */
export function evaluateRange(
  query: string,
  startMs: number,
  endMs: number,
  stepMs: number,
  source: SeriesSource,
  options: QueryOptions = {},
): Matrix {
  return evaluateSteps(parsePromql(query), { startMs, endMs, stepMs, source, ...options });
}
