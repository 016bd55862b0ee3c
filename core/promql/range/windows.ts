import { KahanMean, KahanSum, Variance } from '../kahan.ts';
import { quantileOf } from '../quantile.ts';
import type { Floats } from './column-store.ts';

/** The result of one window `[from, to)` of a series, whose range is `(fromMs, toMs]`, at the step `timeMs`. */
type OfWindow = (from: number, to: number, fromMs: number, toMs: number, timeMs: number, parameter: number) => number;

/** A function of range vectors. The arithmetic is the engine's (core/promql/functions), in the same order. */
export interface Kernel {
  /** With fewer samples there is no result. */
  readonly atLeast: 1 | 2;
  readonly keepsName?: true;
  /** For one series over one chunk; windows come in ascending order. */
  reduce(floats: Floats): OfWindow;
}

const resets = new WeakMap<Floats, { readonly length: number; readonly indices: Int32Array }>();

/** Where a value is below the one before. Remembered per series. */
function resetsOf(floats: Floats): Int32Array {
  const { values, length } = floats;
  const known = resets.get(floats);
  if (known?.length === length) return known.indices;
  const found: number[] = [];
  for (let i = 1; i < length; i += 1) if (values[i]! < values[i - 1]!) found.push(i);
  const indices = Int32Array.from(found);
  resets.set(floats, { length, indices });
  return indices;
}

/** `rate`, `increase`, `delta`: see `extrapolated` of the engine. */
function extrapolated(isCounter: boolean, isRate: boolean): Kernel {
  return {
    atLeast: 2,
    reduce(floats) {
      const { times, values } = floats;
      const falls = isCounter ? resetsOf(floats) : new Int32Array(0);
      let next = 0;
      return (from, to, fromMs, toMs) => {
        const firstMs = times[from]!;
        const lastMs = times[to - 1]!;
        let rise = values[to - 1]! - values[from]!;
        while (next < falls.length && falls[next]! <= from) next += 1;
        for (let i = next; i < falls.length && falls[i]! < to; i += 1) rise += values[falls[i]! - 1]!;
        const sampled = (lastMs - firstMs) / 1000;
        const spacing = sampled / (to - from - 1);
        const threshold = spacing * 1.1;
        let toStart = (firstMs - fromMs) / 1000;
        let toEnd = (toMs - lastMs) / 1000;
        if (toStart >= threshold) toStart = spacing / 2;
        const first = values[from]!;
        if (isCounter && rise > 0 && first >= 0) toStart = Math.min(toStart, sampled * (first / rise));
        if (toEnd >= threshold) toEnd = spacing / 2;
        let factor = (sampled + toStart + toEnd) / sampled;
        if (isRate) factor /= (toMs - fromMs) / 1000;
        return rise * factor;
      };
    },
  };
}

function instant(isRate: boolean): Kernel {
  return {
    atLeast: 2,
    reduce:
      ({ times, values }) =>
      (_from, to) => {
        const [before, after] = [values[to - 2]!, values[to - 1]!];
        if (!isRate) return after - before;
        return (after < before ? after : after - before) / ((times[to - 1]! - times[to - 2]!) / 1000);
      },
  };
}

/** Of one window's values, from first to last. */
function ofValues(reduce: (values: Float64Array, from: number, to: number) => number): Kernel {
  return {
    atLeast: 1,
    reduce:
      ({ values }) =>
      (from, to) =>
        reduce(values, from, to),
  };
}

function sum(values: Float64Array, from: number, to: number): number {
  let total = 0;
  let lost = 0;
  for (let i = from; i < to; i += 1) {
    const value = values[i]!;
    const next = total + value;
    if (!Number.isFinite(next)) lost = 0;
    else if (Math.abs(total) >= Math.abs(value)) lost += total - next + value;
    else lost += value - next + total;
    total = next;
  }
  return Number.isFinite(total) ? total + lost : total;
}

function mean(values: Float64Array, from: number, to: number): number {
  const total = sum(values, from, to);
  if (Number.isFinite(total)) return total / (to - from);
  const exact = new KahanMean();
  for (let i = from; i < to; i += 1) exact.add(values[i]!);
  return exact.value;
}

function variance(values: Float64Array, from: number, to: number): number {
  const spread = new Variance();
  for (let i = from; i < to; i += 1) spread.add(values[i]!);
  return spread.value;
}

/**
 * The least (`sign` -1) or greatest value. Windows only move forward, so it keeps just those samples that may yet win:
 * each better than all after it, the first one of equal ones. NaN loses to all.
 */
function extreme(sign: 1 | -1): Kernel {
  let candidates = new Int32Array(256);
  return {
    atLeast: 1,
    reduce({ values }) {
      let head = 0;
      let tail = 0;
      let next = 0;
      return (from, to) => {
        if (next < from) next = from;
        for (; next < to; next += 1) {
          const value = sign * values[next]!;
          if (Number.isNaN(value)) continue;
          while (tail > head && value > sign * values[candidates[tail - 1]!]!) tail -= 1;
          if (tail === candidates.length) {
            if (head < tail / 2) candidates = longer(candidates);
            else {
              candidates.copyWithin(0, head, tail);
              tail -= head;
              head = 0;
            }
          }
          candidates[tail] = next;
          tail += 1;
        }
        while (head < tail && candidates[head]! < from) head += 1;
        return head < tail ? values[candidates[head]!]! : Number.NaN;
      };
    },
  };
}

function longer(array: Int32Array): Int32Array<ArrayBuffer> {
  const twice = new Int32Array(array.length * 2);
  twice.set(array);
  return twice;
}

function falls(values: Float64Array, from: number, to: number): number {
  let count = 0;
  for (let i = from + 1; i < to; i += 1) if (values[i]! < values[i - 1]!) count += 1;
  return count;
}

function changes(values: Float64Array, from: number, to: number): number {
  let count = 0;
  for (let i = from + 1; i < to; i += 1) {
    const [before, after] = [values[i - 1]!, values[i]!];
    if (before !== after && !(Number.isNaN(before) && Number.isNaN(after))) count += 1;
  }
  return count;
}

/** Least squares, as the engine's `linearRegression`. */
function regression(
  { times, values }: Floats,
  from: number,
  to: number,
  interceptMs: number,
): { slope: number; intercept: number } {
  const first = values[from]!;
  let isConstant = true;
  for (let i = from; i < to && isConstant; i += 1) isConstant = values[i] === first;
  if (isConstant) {
    return Number.isFinite(first) ? { slope: 0, intercept: first } : { slope: Number.NaN, intercept: Number.NaN };
  }
  const [x, y, xy, xx] = [new KahanSum(), new KahanSum(), new KahanSum(), new KahanSum()];
  for (let i = from; i < to; i += 1) {
    const seconds = (times[i]! - interceptMs) / 1000;
    const value = values[i]!;
    x.add(seconds);
    y.add(value);
    xy.add(seconds * value);
    xx.add(seconds * seconds);
  }
  const n = to - from;
  const covariance = xy.value - (x.value * y.value) / n;
  const spread = xx.value - (x.value * x.value) / n;
  const slope = covariance / spread;
  return { slope, intercept: y.value / n - (slope * x.value) / n };
}

export const kernels: Readonly<Record<string, Kernel>> = {
  rate: extrapolated(true, true),
  increase: extrapolated(true, false),
  delta: extrapolated(false, false),
  irate: instant(true),
  idelta: instant(false),
  sum_over_time: ofValues(sum),
  avg_over_time: ofValues(mean),
  min_over_time: extreme(-1),
  max_over_time: extreme(1),
  count_over_time: ofValues((_values, from, to) => to - from),
  present_over_time: ofValues(() => 1),
  first_over_time: { ...ofValues((values, from) => values[from]!), keepsName: true },
  last_over_time: { ...ofValues((values, _from, to) => values[to - 1]!), keepsName: true },
  stdvar_over_time: ofValues(variance),
  stddev_over_time: ofValues((values, from, to) => Math.sqrt(variance(values, from, to))),
  changes: ofValues(changes),
  resets: ofValues(falls),
  quantile_over_time: {
    atLeast: 1,
    reduce:
      ({ values }) =>
      (from, to, _fromMs, _toMs, _timeMs, q) =>
        quantileOf(q, Array.from(values.subarray(from, to))),
  },
  deriv: {
    atLeast: 2,
    reduce: (floats) => (from, to) => regression(floats, from, to, floats.times[from]!).slope,
  },
  predict_linear: {
    atLeast: 2,
    reduce: (floats) => (from, to, _fromMs, _toMs, timeMs, ahead) => {
      const { slope, intercept } = regression(floats, from, to, timeMs);
      return slope * ahead + intercept;
    },
  },
};
