import type { Annotations } from './annotations.ts';
import type { Expr } from './ast.ts';
import { Query, SeriesCollector } from './engine.ts';
import { PromqlEvaluationError } from './errors.ts';
import { compareLabels, dropMetricName, keyOfAll } from './labels.ts';
import type { SeriesSource } from './series.ts';
import { typeOf } from './typecheck.ts';
import { floatSample, type Matrix, type MatrixSeries, type Value, type Vector } from './values.ts';

/** How far back an instant selector looks for the newest sample: Prometheus' default, 5 minutes. */
export const DEFAULT_LOOKBACK_MS = 300_000;

export interface EvaluateOptions {
  readonly source: SeriesSource;
  readonly lookbackMs?: number | undefined;
  /** Collects warnings and notes; without it they are not kept. */
  readonly annotations?: Annotations | undefined;
}

/** Evaluates at one time. Throws a PromqlEvaluationError where the series do not fit the expression. */
export function evaluate(expr: Expr, { at, ...options }: EvaluateOptions & { readonly at: number }): Value {
  const type = typeOf(expr);
  const evaluator = queryOf(expr, options, at, at, 0).at(at);
  if (type === 'scalar') return { type, value: evaluator.scalar(expr) };
  if (type === 'string') return { type, value: evaluator.string(expr) };
  if (type === 'vector') return { type, vector: withoutDroppedNames(evaluator.vector(expr)) };
  return { type, matrix: mergeSeries(evaluator.matrix(expr)) };
}

/**
 * Evaluates at `startMs`, `startMs + stepMs`, ... up to `endMs`: the series in the order of their labels. A scalar is
 * one series without labels. Throws also for expressions that give a range vector or a string.
 */
export function evaluateSteps(
  expr: Expr,
  {
    startMs,
    endMs,
    stepMs,
    ...options
  }: EvaluateOptions & {
    readonly startMs: number;
    readonly endMs: number;
    readonly stepMs: number;
  },
): Matrix {
  const type = typeOf(expr);
  if (type !== 'scalar' && type !== 'vector') {
    throw new PromqlEvaluationError(`a range query needs a scalar or an instant vector, got a ${type}`);
  }
  if (!(stepMs > 0)) throw new PromqlEvaluationError(`the step of a range query must be positive, got ${stepMs} ms`);
  const query = queryOf(expr, options, startMs, endMs, stepMs);
  const collector = new SeriesCollector();
  for (let t = startMs; t <= endMs; t += stepMs) {
    const evaluator = query.at(t);
    collector.add(type === 'scalar' ? [floatSample({}, evaluator.scalar(expr), false)] : evaluator.vector(expr), t);
  }
  return mergeSeries(collector.matrix).sort((a, b) => compareLabels(a.labels, b.labels));
}

function queryOf(expr: Expr, options: EvaluateOptions, startMs: number, endMs: number, stepMs: number): Query {
  const { source, lookbackMs = DEFAULT_LOOKBACK_MS, annotations } = options;
  return new Query(expr, source, { startMs, endMs, stepMs, lookbackMs }, annotations);
}

const DUPLICATE = 'vector cannot contain metrics with the same labelset';

/** Removes the names that no longer fit, which must leave all elements distinct. */
function withoutDroppedNames(vector: Vector): Vector {
  if (vector.length === 0) return vector;
  const seen = new Set<string>();
  const result = vector.map((sample) => {
    const labels = sample.dropName ? dropMetricName(sample.labels) : sample.labels;
    seen.add(keyOfAll(labels));
    return labels === sample.labels ? sample : { ...sample, labels, dropName: false };
  });
  if (seen.size < result.length) throw new PromqlEvaluationError(DUPLICATE);
  return result;
}

/** The same for series: equal ones become one where they have no time in common. */
function mergeSeries(matrix: Matrix): MatrixSeries[] {
  const byKey = new Map<string, MatrixSeries>();
  for (const series of matrix) {
    const labels = series.dropName ? dropMetricName(series.labels) : series.labels;
    const key = keyOfAll(labels);
    const other = byKey.get(key);
    if (!other) {
      byKey.set(key, { labels, samples: series.samples, dropName: false });
      continue;
    }
    const samples = [...other.samples, ...series.samples].sort((a, b) => a.timeMs - b.timeMs);
    if (samples.some((sample, i) => sample.timeMs === samples[i - 1]?.timeMs))
      throw new PromqlEvaluationError(DUPLICATE);
    byKey.set(key, { labels, samples, dropName: false });
  }
  return [...byKey.values()];
}
