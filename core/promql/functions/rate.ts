import { forMetric } from '../annotations.ts';
import { isCustom } from '../histogram-custom.ts';
import { addHistograms, compact, isReset, scaleBy, subtractHistograms } from '../histograms.ts';
import type { VectorFunction } from '../scope.ts';
import type { NativeHistogram, Sample } from '../series.ts';
import { histogramCount, overRange, type Reduced, type Reduction, warnMixed } from './range.ts';

/**
 * The increase over the window, extrapolated to its ends: by as much as the samples' own spacing allows, and for a
 * counter not below zero. (Prometheus' `extrapolatedRate`.)
 */
function extrapolated(isCounter: boolean, isRate: boolean): VectorFunction {
  return overRange(
    (samples, reduction) => {
      const histograms = histogramCount(samples);
      if (histograms > 0 && histograms < samples.length) return warnMixed(reduction, reduction.scope.annotations);
      const first = samples[0];
      const last = samples.at(-1);
      if (!first || !last || samples.length < 2) return undefined;
      if (isCounter && histograms === 0) tellUnlikelyCounter(reduction);
      const rise = histograms > 0 ? histogramRise(samples, isCounter, reduction) : floatRise(samples, isCounter);
      if (rise === undefined) return undefined;
      const { fromMs, toMs } = reduction.scope.window(reduction.expr);
      const sampled = (last.timeMs - first.timeMs) / 1000;
      const spacing = sampled / (samples.length - 1);
      const threshold = spacing * 1.1;
      let toStart = (first.timeMs - fromMs) / 1000;
      let toEnd = (toMs - last.timeMs) / 1000;
      if (toStart >= threshold) toStart = spacing / 2;
      if (isCounter) toStart = Math.min(toStart, timeSinceZero(first, rise, sampled));
      if (toEnd >= threshold) toEnd = spacing / 2;
      let factor = (sampled + toStart + toEnd) / sampled;
      if (isRate) factor /= (toMs - fromMs) / 1000;
      return typeof rise === 'number' ? rise * factor : scaleBy(rise, factor);
    },
    { isCounter },
  );
}

/** Names of counters end in one of these. */
const COUNTER_NAME = /_(?:total|sum|count|bucket)$/;

function tellUnlikelyCounter({ series, scope, expr }: Reduction): void {
  const name = series.labels.__name__;
  if (name === undefined || series.dropName || COUNTER_NAME.test(name)) return;
  scope.annotations.info(
    `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "${name}"`,
    expr,
  );
}

/** How long before the first sample the counter would have been zero, going at the same pace. */
function timeSinceZero(first: Sample, rise: number | NativeHistogram, sampled: number): number {
  const [start, total] =
    typeof rise === 'number' ? [first.value, rise] : [first.histogram?.count ?? Number.NaN, rise.count];
  return total > 0 && start >= 0 ? sampled * (start / total) : Number.POSITIVE_INFINITY;
}

function floatRise(samples: readonly Sample[], isCounter: boolean): number {
  const first = (samples[0] as Sample).value;
  let rise = (samples[samples.length - 1] as Sample).value - first;
  if (!isCounter) return rise;
  let previous = first;
  for (let i = 1; i < samples.length; i += 1) {
    const { value } = samples[i] as Sample;
    if (value < previous) rise += previous;
    previous = value;
  }
  return rise;
}

function histogramRise(
  samples: readonly Sample[],
  isCounter: boolean,
  { series, scope, expr }: Reduction,
): NativeHistogram | undefined {
  const { annotations } = scope;
  const about = forMetric(series.labels.__name__);
  const all = samples.map(({ histogram }) => histogram as NativeHistogram);
  const [original, second] = all as [NativeHistogram, NativeHistogram];
  const last = all[all.length - 1] as NativeHistogram;
  // A reset right after the first sample: its contents are irrelevant, so its kind of buckets is, too.
  const first = isCounter && isReset(original, second) ? emptyLike(second) : original;
  if (isCounter && all.some(({ resetHint }) => resetHint === 'gauge')) {
    annotations.warn(`this native histogram metric is not a counter:${quoted(series.labels.__name__)}`, expr);
  }
  if ([first, ...all.slice(1)].some((histogram) => isCustom(histogram) !== isCustom(first))) {
    annotations.warn(`vector contains a mix of histograms with exponential and custom buckets schemas${about}`, expr);
    return undefined;
  }
  let reconciled = false;
  const combine = (outcome: ReturnType<typeof addHistograms>): NativeHistogram => {
    reconciled ||= outcome.reconciled ?? false;
    return outcome.histogram as NativeHistogram;
  };
  let rise = combine(subtractHistograms(last, first));
  if (isCounter) {
    let previous = first;
    for (const current of all.slice(1)) {
      if (isReset(previous, current)) rise = combine(addHistograms(rise, previous));
      previous = current;
    }
  } else if (original.resetHint !== 'gauge' || last.resetHint !== 'gauge') {
    annotations.warn(`this native histogram metric is not a gauge:${quoted(series.labels.__name__)}`, expr);
  }
  if (reconciled) {
    annotations.info(`mismatched custom buckets were reconciled during histogram subtraction${about}`, expr);
  }
  return compact({ ...rise, resetHint: 'gauge' });
}

function quoted(name: string | undefined): string {
  return ` "${name ?? ''}"`;
}

function emptyLike(histogram: NativeHistogram): NativeHistogram {
  const none = { offset: 0, counts: [] };
  return {
    scale: histogram.scale,
    count: 0,
    sum: 0,
    zeroCount: 0,
    zeroThreshold: histogram.zeroThreshold,
    positive: none,
    negative: none,
    ...(histogram.customBounds ? { customBounds: histogram.customBounds } : {}),
  };
}

/** Of the last two samples only. */
function instant(isRate: boolean): VectorFunction {
  return overRange((samples, reduction): Reduced => {
    const [before, after] = samples.slice(-2);
    if (!before || !after) return undefined;
    const seconds = (after.timeMs - before.timeMs) / 1000;
    if (seconds === 0) return undefined;
    if ((before.histogram === undefined) !== (after.histogram === undefined)) {
      return warnMixed(reduction, reduction.scope.annotations);
    }
    if (before.histogram && after.histogram)
      return instantHistogram(before.histogram, after.histogram, seconds, isRate, reduction);
    if (!isRate) return after.value - before.value;
    const rise = after.value < before.value ? after.value : after.value - before.value;
    return rise / seconds;
  });
}

function instantHistogram(
  before: NativeHistogram,
  after: NativeHistogram,
  seconds: number,
  isRate: boolean,
  { series, scope, expr }: Reduction,
): NativeHistogram | undefined {
  const { annotations } = scope;
  const name = series.labels.__name__;
  const gauges = [before, after].filter(({ resetHint }) => resetHint === 'gauge').length;
  if (isRate && gauges > 0) annotations.warn(`this native histogram metric is not a counter:${quoted(name)}`, expr);
  if (!isRate && gauges < 2) annotations.warn(`this native histogram metric is not a gauge:${quoted(name)}`, expr);
  let rise = after;
  if (!isRate || !isReset(before, after)) {
    const outcome = subtractHistograms(after, before);
    if (!outcome.histogram) {
      annotations.warn(
        `vector contains a mix of histograms with exponential and custom buckets schemas${forMetric(name)}`,
        expr,
      );
      return undefined;
    }
    if (outcome.reconciled) {
      annotations.info(
        `mismatched custom buckets were reconciled during histogram subtraction${forMetric(name)}`,
        expr,
      );
    }
    rise = outcome.histogram;
  }
  const result: NativeHistogram = compact({ ...rise, resetHint: 'gauge' });
  return isRate ? scaleBy(result, 1 / seconds) : result;
}

export const rateFunctions: Readonly<Record<string, VectorFunction>> = {
  rate: extrapolated(true, true),
  increase: extrapolated(true, false),
  delta: extrapolated(false, false),
  irate: instant(true),
  idelta: instant(false),
};
