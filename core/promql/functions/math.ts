import { argument, type VectorFunction } from '../scope.ts';
import { floatSample, type VectorSample } from '../values.ts';

/** Element-wise functions of floats; histograms are left out. */
function elementWise(change: (value: number) => number): VectorFunction {
  return (call, scope) => floats(scope.vector(argument(call, 0)), change);
}

function floats(vector: readonly VectorSample[], change: (value: number) => number): VectorSample[] {
  const result: VectorSample[] = [];
  for (const { labels, value, histogram } of vector) {
    if (histogram === undefined) result.push(floatSample(labels, change(value), true));
  }
  return result;
}

/** Rounds to the nearest multiple of `to`, halves up. */
function roundTo(value: number, to: number): number {
  // Dividing by the inverse keeps 0.1 from becoming 0.30000000000000004.
  const inverse = 1 / to;
  return Math.floor(value * inverse + 0.5) / inverse;
}

const clampBetween = (value: number, low: number, high: number): number => {
  if (Number.isNaN(value) || Number.isNaN(low) || Number.isNaN(high)) return Number.NaN;
  return Math.max(low, Math.min(high, value));
};

export const mathFunctions: Readonly<Record<string, VectorFunction>> = {
  abs: elementWise(Math.abs),
  ceil: elementWise(Math.ceil),
  floor: elementWise(Math.floor),
  exp: elementWise(Math.exp),
  sqrt: elementWise(Math.sqrt),
  ln: elementWise(Math.log),
  log2: elementWise(Math.log2),
  log10: elementWise(Math.log10),
  sgn: elementWise(Math.sign),
  sin: elementWise(Math.sin),
  cos: elementWise(Math.cos),
  tan: elementWise(Math.tan),
  asin: elementWise(Math.asin),
  acos: elementWise(Math.acos),
  atan: elementWise(Math.atan),
  sinh: elementWise(Math.sinh),
  cosh: elementWise(Math.cosh),
  tanh: elementWise(Math.tanh),
  asinh: elementWise(Math.asinh),
  acosh: elementWise(Math.acosh),
  atanh: elementWise(Math.atanh),
  rad: elementWise((value) => (value * Math.PI) / 180),
  deg: elementWise((value) => (value * 180) / Math.PI),
  round: (call, scope) => {
    const to = call.args[1] ? scope.scalar(call.args[1]) : 1;
    return floats(scope.vector(argument(call, 0)), (value) => roundTo(value, to));
  },
  clamp: (call, scope) => {
    const [low, high] = [scope.scalar(argument(call, 1)), scope.scalar(argument(call, 2))];
    if (low > high) return [];
    return floats(scope.vector(argument(call, 0)), (value) => clampBetween(value, low, high));
  },
  clamp_min: (call, scope) => {
    const low = scope.scalar(argument(call, 1));
    return floats(scope.vector(argument(call, 0)), (value) => Math.max(low, value));
  },
  clamp_max: (call, scope) => {
    const high = scope.scalar(argument(call, 1));
    return floats(scope.vector(argument(call, 0)), (value) => Math.min(high, value));
  },
};
