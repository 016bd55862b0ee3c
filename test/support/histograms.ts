import { ExponentialHistogramRecorder } from '../../core/metrics/exponential-histogram.ts';
import type { ExponentialHistogram } from '../../core/metrics/model.ts';

export function histogramOf(values: readonly number[]): ExponentialHistogram {
  const recorder = new ExponentialHistogramRecorder();
  for (const value of values) recorder.record(value);
  return recorder.snapshot();
}
