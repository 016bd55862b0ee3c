import type { MatrixSelector, VectorSelector } from './ast.ts';
import { extendRange } from './extended-range.ts';
import { lookAt, milliseconds, type QueryTimes } from './needed-series.ts';
import { countUntil, type Sample, type Series } from './series.ts';
import { floatSample, histogramSample, type MatrixSeries, type VectorSample } from './values.ts';

/** The newest sample of each series that is not older than the look-back and not marked stale. */
export function selectVector(
  selector: VectorSelector,
  series: readonly Series[],
  timeMs: number,
  times: QueryTimes,
): VectorSample[] {
  const result: VectorSample[] = [];
  forEachNewest(selector, series, timeMs, times, (labels, { value, histogram }) => {
    result.push(histogram ? histogramSample(labels, histogram, false) : floatSample(labels, value, false));
  });
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
): MatrixSeries[] {
  const toMs = lookAt(expr.selector, timeMs, times);
  const fromMs = toMs - milliseconds(expr.range, times);
  const result: MatrixSeries[] = [];
  for (const { labels, samples } of series) {
    const chosen =
      expr.extension === undefined
        ? windowOf(samples, fromMs, toMs)
        : extendRange(expr.extension, samples, { fromMs, toMs, lookbackMs: times.lookbackMs });
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
