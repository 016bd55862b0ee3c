import type { MatrixSelector, VectorSelector } from './ast.ts';
import { extendRange, interpolate } from './extended-range.ts';
import { lookAt, positiveMilliseconds, type QueryTimes } from './needed-series.ts';
import { countUntil, type Sample, type Series } from './series.ts';
import { floatSample, histogramSample, type MatrixSeries, type VectorSample } from './values.ts';

/** The newest sample of each series that is not older than the look-back and not marked stale. */
export function selectVector(
  selector: VectorSelector,
  series: readonly Series[],
  timeMs: number,
  times: QueryTimes,
): VectorSample[] {
  if (selector.smoothed) return selectSmoothed(selector, series, timeMs, times);
  const result: VectorSample[] = [];
  forEachNewest(selector, series, timeMs, times, (labels, { value, histogram }) => {
    result.push(histogram ? histogramSample(labels, histogram, false) : floatSample(labels, value, false));
  });
  return result;
}

/** `smoothed`: the value on the line between the samples before and after, floats only. */
function selectSmoothed(
  selector: VectorSelector,
  series: readonly Series[],
  timeMs: number,
  times: QueryTimes,
): VectorSample[] {
  const at = lookAt(selector, timeMs, times);
  const result: VectorSample[] = [];
  for (const { labels, samples } of series) {
    const next = countUntil(samples, at);
    const isNear = (sample: Sample | undefined): boolean =>
      sample !== undefined &&
      sample.stale !== true &&
      sample.histogram === undefined &&
      Math.abs(sample.timeMs - at) < times.lookbackMs;
    const [before, after] = [samples[next - 1], samples[next]].map((sample) => (isNear(sample) ? sample : undefined));
    if (before || after) result.push(floatSample(labels, interpolate(before, after, at, false), false));
  }
  return result;
}

/** The times of those samples, in seconds. */
export function selectTimestamps(
  selector: VectorSelector,
  series: readonly Series[],
  timeMs: number,
  times: QueryTimes,
): VectorSample[] {
  const result: VectorSample[] = [];
  forEachNewest(selector, series, timeMs, times, (labels, sample) => {
    result.push(floatSample(labels, sample.timeMs / 1000, true));
  });
  return result;
}

function forEachNewest(
  selector: VectorSelector,
  series: readonly Series[],
  timeMs: number,
  times: QueryTimes,
  visit: (labels: Series['labels'], sample: Sample) => void,
): void {
  const at = lookAt(selector, timeMs, times);
  const after = at - times.lookbackMs;
  for (const { labels, samples } of series) {
    const sample = samples[countUntil(samples, at) - 1];
    if (sample && sample.timeMs > after && sample.stale !== true) visit(labels, sample);
  }
}

/** The samples of each series in the left-open range, staleness markers left out. */
export function selectMatrix(
  expr: MatrixSelector,
  series: readonly Series[],
  timeMs: number,
  times: QueryTimes,
  isCounter: boolean,
): MatrixSeries[] {
  const toMs = lookAt(expr.selector, timeMs, times);
  const fromMs = toMs - positiveMilliseconds(expr.range, times);
  const result: MatrixSeries[] = [];
  for (const { labels, samples } of series) {
    const chosen =
      expr.extension === undefined
        ? windowOf(samples, fromMs, toMs)
        : extendRange(expr.extension, samples, { fromMs, toMs, lookbackMs: times.lookbackMs, isCounter });
    if (chosen.length > 0) result.push({ labels, samples: chosen, dropName: false });
  }
  return result;
}

function windowOf(samples: readonly Sample[], fromMs: number, toMs: number): readonly Sample[] {
  const end = countUntil(samples, toMs);
  const start = countUntil(samples, fromMs);
  if (start >= end) return [];
  for (let i = start; i < end; i += 1) {
    if ((samples[i] as Sample).stale === true) return samples.slice(start, end).filter(({ stale }) => stale !== true);
  }
  return start === 0 && end === samples.length ? samples : samples.slice(start, end);
}
