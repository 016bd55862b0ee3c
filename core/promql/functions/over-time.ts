import { sumOf } from '../accumulators.ts';
import { formatShort } from '../format.ts';
import { meanOf } from '../histogram-mean.ts';
import { KahanMean, KahanSum, Variance } from '../kahan.ts';
import { quantileOf } from '../quantile.ts';
import { argument, type VectorFunction } from '../scope.ts';
import type { NativeHistogram, Sample } from '../series.ts';
import { histogramCount, onlyFloats, overRange, type Reduced, type Reduction, warnMixed } from './range.ts';

/** A function of the floats of a range. */
function ofFloats(
  reduce: (samples: readonly Sample[]) => number,
  options: { keepsName?: boolean } = {},
): VectorFunction {
  return overRange((samples, reduction) => {
    const floats = onlyFloats(samples, reduction);
    return floats && reduce(floats);
  }, options);
}

/** A function of floats or of histograms; of a range with both there is no result. */
function ofEither(
  ofNumbers: (samples: readonly Sample[]) => number,
  ofHistograms: (histograms: readonly NativeHistogram[], reduction: Reduction) => Reduced,
): VectorFunction {
  return overRange((samples, reduction) => {
    const histograms = histogramCount(samples);
    if (samples.length === 0) return undefined;
    if (histograms === 0) return ofNumbers(samples);
    if (histograms < samples.length) return warnMixed(reduction, reduction.scope.annotations);
    return ofHistograms(
      samples.map(({ histogram }) => histogram as NativeHistogram),
      reduction,
    );
  });
}

/** The sample that wins: the first one, and each later one that beats the winner so far. NaN loses to all. */
function best(samples: readonly Sample[], beats: (candidate: number, winner: number) => boolean): Sample {
  let winner = samples[0] as Sample;
  for (const sample of samples) {
    if (beats(sample.value, winner.value) || Number.isNaN(winner.value)) winner = sample;
  }
  return winner;
}

const higher = (a: number, b: number): boolean => a > b;
const lower = (a: number, b: number): boolean => a < b;

function varianceOf(samples: readonly Sample[]): number {
  const variance = new Variance();
  for (const { value } of samples) variance.add(value);
  return variance.value;
}

/** Median absolute deviation. */
function medianDeviation(samples: readonly Sample[]): number {
  const values = samples.map(({ value }) => value);
  const median = quantileOf(0.5, values);
  return quantileOf(
    0.5,
    values.map((value) => Math.abs(value - median)),
  );
}

export const overTimeFunctions: Readonly<Record<string, VectorFunction>> = {
  sum_over_time: ofEither(
    (samples) => {
      const sum = new KahanSum();
      for (const { value } of samples) sum.add(value);
      return sum.value;
    },
    (histograms, { expr, scope }) => sumOf(histograms, expr, scope.annotations),
  ),
  avg_over_time: ofEither(
    (samples) => {
      const mean = new KahanMean();
      for (const { value } of samples) mean.add(value);
      return mean.value;
    },
    (histograms, { expr, scope }) => meanOf(histograms, expr, scope.annotations),
  ),
  count_over_time: overRange((samples) => samples.length),
  present_over_time: overRange(() => 1),
  last_over_time: overRange(
    (samples) => {
      const last = samples.at(-1);
      return last && (last.histogram ?? last.value);
    },
    { keepsName: true },
  ),
  first_over_time: overRange(
    (samples) => {
      const first = samples[0];
      return first && (first.histogram ?? first.value);
    },
    { keepsName: true },
  ),
  min_over_time: ofFloats((samples) => best(samples, lower).value),
  max_over_time: ofFloats((samples) => best(samples, higher).value),
  stdvar_over_time: ofFloats(varianceOf),
  stddev_over_time: ofFloats((samples) => Math.sqrt(varianceOf(samples))),
  mad_over_time: ofFloats(medianDeviation),
  ts_of_first_over_time: overRange((samples) => (samples[0] as Sample).timeMs / 1000),
  ts_of_last_over_time: overRange((samples) => (samples.at(-1) as Sample).timeMs / 1000),
  ts_of_min_over_time: ofFloats((samples) => best(samples, (a, b) => a <= b).timeMs / 1000),
  ts_of_max_over_time: ofFloats((samples) => best(samples, (a, b) => a >= b).timeMs / 1000),
  quantile_over_time: (call, scope) => {
    const parameter = argument(call, 0);
    const q = scope.scalar(parameter);
    const reduce = overRange(
      (samples, reduction) => {
        const floats = onlyFloats(samples, reduction);
        if (!floats) return undefined;
        if (!(q >= 0 && q <= 1)) {
          scope.annotations.warn(`quantile value should be between 0 and 1, got ${formatShort(q)}`, parameter);
        }
        return quantileOf(
          q,
          floats.map(({ value }) => value),
        );
      },
      { index: 1 },
    );
    return reduce(call, scope);
  },
};
