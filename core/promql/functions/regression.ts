import { PromqlEvaluationError } from '../errors.ts';
import { KahanSum } from '../kahan.ts';
import { argument, type VectorFunction } from '../scope.ts';
import type { Sample } from '../series.ts';
import { onlyFloats, overRange } from './range.ts';

/** Least squares over the samples: slope per second, and the value at `interceptMs`. */
function linearRegression(samples: readonly Sample[], interceptMs: number): { slope: number; intercept: number } {
  const first = (samples[0] as Sample).value;
  if (samples.every(({ value }) => value === first)) {
    return Number.isFinite(first) ? { slope: 0, intercept: first } : { slope: Number.NaN, intercept: Number.NaN };
  }
  const [x, y, xy, xx] = [new KahanSum(), new KahanSum(), new KahanSum(), new KahanSum()];
  for (const { timeMs, value } of samples) {
    const seconds = (timeMs - interceptMs) / 1000;
    x.add(seconds);
    y.add(value);
    xy.add(seconds * value);
    xx.add(seconds * seconds);
  }
  const n = samples.length;
  const covariance = xy.value - (x.value * y.value) / n;
  const variance = xx.value - (x.value * x.value) / n;
  const slope = covariance / variance;
  return { slope, intercept: y.value / n - (slope * x.value) / n };
}

/** Holt's linear method: `smoothing` of the level, `trend` of the trend, both in (0, 1). */
function smooth(samples: readonly Sample[], smoothing: number, trend: number): number {
  let level = 0;
  let next = (samples[0] as Sample).value;
  let slope = (samples[1] as Sample).value - next;
  for (let i = 1; i < samples.length; i += 1) {
    const weighted = smoothing * (samples[i] as Sample).value;
    if (i > 1) slope = trend * (next - level) + (1 - trend) * slope;
    const projected = (1 - smoothing) * (next + slope);
    level = next;
    next = weighted + projected;
  }
  return next;
}

export const regressionFunctions: Readonly<Record<string, VectorFunction>> = {
  deriv: overRange((samples, reduction) => {
    const floats = onlyFloats(samples, reduction);
    if (!floats || floats.length < 2) return undefined;
    return linearRegression(floats, (floats[0] as Sample).timeMs).slope;
  }),
  predict_linear: (call, scope) => {
    const ahead = scope.scalar(argument(call, 1));
    return overRange((samples, reduction) => {
      const floats = onlyFloats(samples, reduction);
      if (!floats || floats.length < 2) return undefined;
      const { slope, intercept } = linearRegression(floats, scope.timeMs);
      return slope * ahead + intercept;
    })(call, scope);
  },
  double_exponential_smoothing: (call, scope) => {
    const [smoothing, trend] = [scope.scalar(argument(call, 1)), scope.scalar(argument(call, 2))];
    for (const [name, factor] of [
      ['smoothing', smoothing],
      ['trend', trend],
    ] as const) {
      if (!(factor > 0 && factor < 1)) {
        throw new PromqlEvaluationError(`invalid ${name} factor. Expected: 0 < ${name[0]}f < 1, got: ${factor}`);
      }
    }
    return overRange((samples, reduction) => {
      const floats = onlyFloats(samples, reduction);
      return floats && floats.length >= 2 ? smooth(floats, smoothing, trend) : undefined;
    })(call, scope);
  },
};
