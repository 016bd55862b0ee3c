import { expect } from '@jest/globals';
import type { Expr } from '../../core/promql/ast.ts';
import { evaluate } from '../../core/promql/evaluate.ts';
import { keyOfAll } from '../../core/promql/labels.ts';
import { Arena, type Steps } from '../../core/promql/range/columns.ts';
import { RangeQuery, vectorAt } from '../../core/promql/range/range-query.ts';
import type { Series, SeriesSource } from '../../core/promql/series.ts';
import type { VectorSample } from '../../core/promql/values.ts';
import { sourceOf, storeOf } from './random-series.ts';

const LOOKBACK_MS = 300_000;

/** Each element as one text with all the bits of its value, in the order of the labels. */
function described(result: readonly VectorSample[] | Error): unknown {
  if (result instanceof Error) return `error: ${result.message}`;
  return result
    .map(({ labels, value, histogram }) => {
      if (histogram) return `${keyOfAll(labels)} histogram ${JSON.stringify(histogram)}`;
      return `${keyOfAll(labels)} ${Object.is(value, -0) ? '-0' : value}`;
    })
    .sort();
}

function atOnce(expr: Expr, source: SeriesSource, at: number): readonly VectorSample[] | Error {
  try {
    const result = evaluate(expr, { at, source, lookbackMs: LOOKBACK_MS });
    if (result.type === 'vector') return result.vector;
    if (result.type === 'scalar') return [{ labels: {}, value: result.value, histogram: undefined, dropName: false }];
    throw new Error('neither a vector nor a scalar');
  } catch (error) {
    return error as Error;
  }
}

/** Every step of every chunk against the engine. @returns how many steps fell back to it */
export function expectSameAsEngine(
  expr: Expr,
  about: string,
  series: readonly Series[],
  chunks: readonly Steps[],
): number {
  const source = sourceOf(series);
  const query = new RangeQuery(expr, storeOf(series), LOOKBACK_MS);
  const arena = new Arena();
  for (const steps of chunks) {
    arena.reset();
    const result = query.run(steps, arena);
    for (let k = 0; k < steps.count; k += 1) {
      const at = steps.firstMs + k * steps.stepMs;
      const [ours, engines] = [described(vectorAt(result, k)), described(atOnce(expr, source, at))];
      expect({ about, at, result: ours }).toEqual({ about, at, result: engines });
    }
  }
  return query.fallbackSteps;
}
