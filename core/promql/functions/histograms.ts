import type { Labels } from '../../metrics/model.ts';
import { forMetric } from '../annotations.ts';
import type { Call, Expr } from '../ast.ts';
import { type ClassicBucket, classicFraction, classicQuantile, prepare } from '../classic-quantile.ts';
import { formatBound, formatShort } from '../format.ts';
import { histogramFraction, histogramQuantile, histogramVariance } from '../histogram-quantile.ts';
import { keyIgnoring, omitLabels, withLabel } from '../labels.ts';
import { argument, type Scope, type VectorFunction } from '../scope.ts';
import type { NativeHistogram } from '../series.ts';
import { floatSample, type Vector, type VectorSample } from '../values.ts';

/** Functions of native histograms; floats are left out. */
function ofNative(measure: (histogram: NativeHistogram) => number): VectorFunction {
  return (call, scope) => {
    const result: VectorSample[] = [];
    for (const { labels, histogram } of scope.vector(argument(call, 0))) {
      if (histogram) result.push(floatSample(labels, measure(histogram), true));
    }
    return result;
  };
}

/** A native histogram, or a classic one: series that differ only in `le`. */
interface Distribution {
  readonly labels: Labels;
  readonly native?: NativeHistogram;
  readonly classic?: readonly ClassicBucket[];
}

interface ClassicGroup {
  readonly labels: Labels;
  readonly buckets: ClassicBucket[];
}

const nameless = new WeakMap<Labels, string>();

/** The series' identity without `le`, its name included. Remembered: buckets come by again at every evaluation. */
export function groupKey(labels: Labels): string {
  let key = nameless.get(labels);
  if (key === undefined) {
    key = `${labels.__name__ ?? ''}\u0002${keyIgnoring(labels, ['le'])}`;
    nameless.set(labels, key);
  }
  return key;
}

/** Reads a vector as distributions; tells of buckets without a bound and of series that are both kinds at once. */
function distributions(vector: Vector, expr: Expr, scope: Scope): Distribution[] {
  const classic = new Map<string, ClassicGroup>();
  const natives: VectorSample[] = [];
  for (const sample of vector) {
    const { labels, value, histogram } = sample;
    if (histogram) {
      natives.push(sample);
      continue;
    }
    const upperBound = parseBound(labels.le);
    if (upperBound === undefined) {
      scope.annotations.warn(
        `bucket label "le" is missing or has a malformed value of "${labels.le ?? ''}"${forMetric(labels.__name__)}`,
        expr,
      );
      continue;
    }
    const key = groupKey(labels);
    const group = classic.get(key);
    if (group) group.buckets.push({ upperBound, count: value });
    else {
      const name = labels.__name__;
      const rest = omitLabels(labels, ['le']);
      classic.set(key, {
        labels: name === undefined ? rest : withLabel(rest, '__name__', name),
        buckets: [{ upperBound, count: value }],
      });
    }
  }
  const result: Distribution[] = [];
  for (const { labels, histogram } of natives) {
    const key = groupKey(labels);
    if (classic.delete(key)) {
      scope.annotations.warn(
        `vector contains a mix of classic and native histograms${forMetric(labels.__name__)}`,
        expr,
      );
    } else if (histogram) result.push({ labels, native: histogram });
  }
  for (const { labels, buckets } of classic.values()) {
    const prepared = prepare(buckets);
    if (prepared?.repair) {
      const { minBound, maxBound, maxDifference } = prepared.repair;
      scope.annotations.info(
        'input to histogram_quantile needed to be fixed for monotonicity (see ' +
          'https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)' +
          `${forMetric(labels.__name__)}, from buckets ${formatShort(minBound)} to ${formatShort(maxBound)}, with a max diff of ${maxDifference.toPrecision(2)}`,
        expr,
      );
    }
    result.push({ labels, classic: prepared?.buckets ?? [] });
  }
  return result;
}

/** A `le`; undefined when it is none. */
export function parseBound(le: string | undefined): number | undefined {
  if (le === undefined || le === '') return undefined;
  if (/^\+?inf$/i.test(le)) return Number.POSITIVE_INFINITY;
  const bound = Number(le);
  return Number.isNaN(bound) ? undefined : bound;
}

function quantile(q: number, { labels, native, classic }: Distribution, at: Expr, scope: Scope): number {
  if (!native) return classicQuantile(q, classic ?? []);
  const value = histogramQuantile(q, native);
  if (Number.isNaN(native.sum) && native.count > 0 && q >= 0 && q <= 1) {
    const outcome = Number.isNaN(value) ? 'result is NaN' : 'result is skewed higher';
    scope.annotations.info(
      `input to histogram_quantile has NaN observations, ${outcome}${forMetric(labels.__name__)}`,
      at,
    );
  }
  return value;
}

function warnAboutQuantile(q: number, at: Expr, scope: Scope): void {
  if (!(q >= 0 && q <= 1))
    scope.annotations.warn(`quantile value should be between 0 and 1, got ${formatShort(q)}`, at);
}

function quantiles(call: Call, scope: Scope): Vector {
  const expr = argument(call, 0);
  const label = scope.string(argument(call, 1));
  const result: VectorSample[] = [];
  const found = distributions(scope.vector(expr), expr, scope);
  for (const arg of call.args.slice(2)) {
    const q = scope.scalar(arg);
    warnAboutQuantile(q, arg, scope);
    for (const distribution of found) {
      result.push(
        floatSample(
          withLabel(distribution.labels, label, formatBound(q)),
          quantile(q, distribution, expr, scope),
          true,
        ),
      );
    }
  }
  return result;
}

export const histogramFunctions: Readonly<Record<string, VectorFunction>> = {
  histogram_count: ofNative(({ count }) => count),
  histogram_sum: ofNative(({ sum }) => sum),
  histogram_avg: ofNative(({ count, sum }) => sum / count),
  histogram_stdvar: ofNative(histogramVariance),
  histogram_stddev: ofNative((histogram) => Math.sqrt(histogramVariance(histogram))),
  histogram_quantile: (call, scope) => {
    const q = scope.scalar(argument(call, 0));
    warnAboutQuantile(q, argument(call, 0), scope);
    const expr = argument(call, 1);
    return distributions(scope.vector(expr), expr, scope).map((distribution) =>
      floatSample(distribution.labels, quantile(q, distribution, expr, scope), true),
    );
  },
  histogram_quantiles: quantiles,
  histogram_fraction: (call, scope) => {
    const [lower, upper] = [scope.scalar(argument(call, 0)), scope.scalar(argument(call, 1))];
    const expr = argument(call, 2);
    return distributions(scope.vector(expr), expr, scope).map(({ labels, native, classic }) => {
      if (native && Number.isNaN(native.sum)) {
        scope.annotations.info(
          `input to histogram_fraction has NaN observations, which are excluded from all fractions${forMetric(labels.__name__)}`,
          expr,
        );
      }
      const share = native ? histogramFraction(lower, upper, native) : classicFraction(lower, upper, classic ?? []);
      return floatSample(labels, share, true);
    });
  },
};
