import { describe, expect, test } from '@jest/globals';
import { ExponentialHistogramRecorder } from '../../../core/metrics/exponential-histogram.ts';
import {
  classicView,
  evaluateInstant,
  evaluateRange,
  MemorySeriesSource,
  type Value,
} from '../../../core/promql/index.ts';

const NAME = 'processing_seconds';
const boundaries = (name: string): readonly number[] | undefined => (name === NAME ? [0.01, 0.1, 1] : undefined);

function vectorOf(value: Value): Record<string, number> {
  if (value.type !== 'vector') throw new Error(`no vector but a ${value.type}`);
  return Object.fromEntries(
    value.vector.map(({ labels, value: number }) => [labels.le ?? labels.__name__ ?? '', number]),
  );
}

function recorderOf(values: readonly number[]): ExponentialHistogramRecorder {
  const recorder = new ExponentialHistogramRecorder();
  for (const value of values) recorder.record(value);
  return recorder;
}

function recorded(valuesBySecond: readonly (readonly number[])[]): MemorySeriesSource {
  const source = new MemorySeriesSource();
  const recorder = new ExponentialHistogramRecorder();
  valuesBySecond.forEach((values, second) => {
    for (const value of values) recorder.record(value);
    source.append(NAME, { device_id: 'cap' }, second * 1000, recorder.snapshot());
  });
  return source;
}

describe('a histogram series seen as classic ones', () => {
  const memory = recorded([[0.005, 0.05], [0.5], [5]]);
  const source = classicView(memory, boundaries);

  test('has cumulative buckets with the boundaries of its metric', () => {
    expect(vectorOf(evaluateInstant(`${NAME}_bucket`, 2000, source))).toEqual({
      '0.01': 1,
      '0.1': 2,
      '1.0': 3,
      '+Inf': 4,
    });
  });

  test('can be selected by le', () => {
    expect(vectorOf(evaluateInstant(`${NAME}_bucket{le=~"0.1|1.0"}`, 1000, source))).toEqual({ '0.1': 2, '1.0': 3 });
  });

  test('has a sum and a count', () => {
    expect(vectorOf(evaluateInstant(`${NAME}_sum`, 2000, source))[`${NAME}_sum`]).toBeCloseTo(5.555, 9);
    expect(vectorOf(evaluateInstant(`${NAME}_count`, 2000, source))).toEqual({ [`${NAME}_count`]: 4 });
  });

  test('is still there natively, and quantiles of both agree within a bucket', () => {
    for (const series of [NAME, `${NAME}_bucket`]) {
      const median = vectorOf(evaluateInstant(`histogram_quantile(0.4, ${series})`, 2000, source))[''];
      expect(median).toBeGreaterThan(0.01);
      expect(median).toBeLessThanOrEqual(0.1);
    }
  });

  test('shows its development over a range', () => {
    const [series] = evaluateRange(`${NAME}_count`, 0, 2000, 1000, source);
    expect(series?.samples.map(({ value }) => value)).toEqual([2, 3, 4]);
  });

  test('of a metric without boundaries has the infinite bucket only', () => {
    memory.append('other_seconds', {}, 2000, new ExponentialHistogramRecorder().snapshot());
    expect(vectorOf(evaluateInstant('other_seconds_bucket', 2000, source))).toEqual({ '+Inf': 0 });
  });

  test('never falls while the histogram grows, though its resolution changes', () => {
    const fast = Array.from({ length: 50 }, () => [0.0098, 0.0099, 0.01, 0.0101]);
    const growing = classicView(recorded([...fast, [40], [0.0001], [3000], [0.5]]), boundaries);
    const series = evaluateRange(`${NAME}_bucket`, 0, 53_000, 1000, growing);
    expect(series).toHaveLength(4);
    for (const { samples } of series) {
      samples.forEach(({ value }, i) => {
        expect(value).toBeGreaterThanOrEqual(samples[i - 1]?.value ?? 0);
      });
    }
    expect(evaluateInstant(`resets(${NAME}_bucket[1m])`, 53_000, growing)).toMatchObject({
      vector: [{ value: 0 }, { value: 0 }, { value: 0 }, { value: 0 }],
    });
  });

  test('starts anew with a restart of the process', () => {
    const restarted = recorded([[0.05, 0.05], [0.05]]);
    restarted.append(NAME, { device_id: 'cap' }, 2000, recorderOf([0.5]).snapshot());
    const view = classicView(restarted, boundaries);
    expect(vectorOf(evaluateInstant(`${NAME}_bucket`, 2000, view))).toEqual({
      '0.01': 0,
      '0.1': 0,
      '1.0': 1,
      '+Inf': 1,
    });
  });

  test('does not hide series that are classic already', () => {
    memory.append('legacy_bucket', { le: '1' }, 2000, 7);
    expect(vectorOf(evaluateInstant('legacy_bucket', 2000, source))).toEqual({ '1': 7 });
  });
});
