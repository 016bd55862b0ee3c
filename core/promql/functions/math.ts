import { argument, type VectorFunction } from '../scope.ts';
import { floatSample, type VectorSample } from '../values.ts';

/** Element-wise functions of floats; histograms are left out. */
function ofElements(change: (value: number) => number): VectorFunction {
  return (call, scope) => floats(scope.vector(argument(call, 0)), change);
}

function floats(vector: readonly VectorSample[], change: (value: number) => number): VectorSample[] {
  const result: VectorSample[] = [];
  for (const { labels, value, histogram } of vector) {
    if (histogram === undefined) result.push(floatSample(labels, change(value), true));
  }
  return result;
}

/** What becomes of each float. */
export const elementWise: Readonly<Record<string, (value: number) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  exp: Math.exp,
  sqrt: Math.sqrt,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sgn: Math.sign,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  rad: (value) => (value * Math.PI) / 180,
  deg: (value) => (value * 180) / Math.PI,
};

/** Rounds to the nearest multiple of `to`, halves up. */
export function roundTo(value: number, to: number): number {
  // Dividing by the inverse keeps 0.1 from becoming 0.30000000000000004.
  const inverse = 1 / to;
  return Math.floor(value * inverse + 0.5) / inverse;
}

export const clampBetween = (value: number, low: number, high: number): number => {
  if (Number.isNaN(value) || Number.isNaN(low) || Number.isNaN(high)) return Number.NaN;
  return Math.max(low, Math.min(high, value));
};

export const mathFunctions: Readonly<Record<string, VectorFunction>> = {
  ...Object.fromEntries(Object.entries(elementWise).map(([name, change]) => [name, ofElements(change)])),
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
