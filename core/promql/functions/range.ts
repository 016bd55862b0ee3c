import { type Annotations, forMetric } from '../annotations.ts';
import type { Call, Expr } from '../ast.ts';
import { argument, type Scope, type VectorFunction } from '../scope.ts';
import type { NativeHistogram, Sample } from '../series.ts';
import { floatSample, histogramSample, type MatrixSeries, type VectorSample } from '../values.ts';

/** What functions of range vectors share: one result per series, undefined for none. */

export type Reduced = number | NativeHistogram | undefined;

export interface Reduction {
  readonly series: MatrixSeries;
  readonly scope: Scope;
  /** The range vector expression: what annotations point at. */
  readonly expr: Expr;
}

interface RangeOptions {
  /** Which argument is the range vector. */
  readonly index?: number;
  /** Whether the result is still what the metric's name says. */
  readonly keepsName?: boolean;
  readonly isCounter?: boolean;
}

/** A function whose `i`-th argument is the range vector. */
export function overRange(
  reduce: (samples: readonly Sample[], reduction: Reduction, call: Call) => Reduced,
  { index = 0, keepsName = false, isCounter = false }: RangeOptions = {},
): VectorFunction {
  return (call, scope) => {
    const expr = argument(call, index);
    const result: VectorSample[] = [];
    for (const series of scope.matrix(expr, isCounter)) {
      const reduced = reduce(series.samples, { series, scope, expr }, call);
      if (reduced === undefined) continue;
      const dropName = keepsName ? series.dropName : true;
      result.push(
        typeof reduced === 'number'
          ? floatSample(series.labels, reduced, dropName)
          : histogramSample(series.labels, reduced, dropName),
      );
    }
    return result;
  };
}

/** The floats among the samples. */
function floatsOf(samples: readonly Sample[]): Sample[] {
  return samples.filter(({ histogram }) => histogram === undefined);
}

/** How many of the samples are histograms. */
export function histogramCount(samples: readonly Sample[]): number {
  let count = 0;
  for (const { histogram } of samples) if (histogram !== undefined) count += 1;
  return count;
}

/** The floats, after telling that histograms are ignored; undefined when there are none. */
export function onlyFloats(
  samples: readonly Sample[],
  { series, scope, expr }: Reduction,
): readonly Sample[] | undefined {
  const histograms = histogramCount(samples);
  if (histograms === 0) return samples.length === 0 ? undefined : samples;
  if (histograms === samples.length) return undefined;
  scope.annotations.info(
    `ignored histograms in a range containing both floats and histograms${forMetric(series.labels.__name__)}`,
    expr,
  );
  return floatsOf(samples);
}

export function warnMixed({ series, expr }: Reduction, annotations: Annotations): undefined {
  annotations.warn(`encountered a mix of histograms and floats${forMetric(series.labels.__name__)}`, expr);
  return undefined;
}
