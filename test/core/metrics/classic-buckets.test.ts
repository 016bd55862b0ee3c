import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { classicCounts } from '../../../core/metrics/classic-buckets.ts';
import { ExponentialHistogramRecorder } from '../../../core/metrics/exponential-histogram.ts';
import type { ExponentialHistogram } from '../../../core/metrics/model.ts';

function histogramOf(values: readonly number[]): ExponentialHistogram {
  const recorder = new ExponentialHistogramRecorder();
  for (const value of values) recorder.record(value);
  return recorder.snapshot();
}

const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

describe('the classic view of an exponential histogram', () => {
  test('of nothing counts nothing', () => {
    expect(classicCounts(histogramOf([]), [1, 2])).toEqual([0, 0, 0]);
  });

  test('counts exactly where boundaries do not cut populated buckets', () => {
    const values = [0.004, 0.03, 0.03, 0.2, 0.7, 3, 20];
    expect(classicCounts(histogramOf(values), BOUNDARIES)).toEqual([1, 1, 1, 3, 3, 4, 4, 5, 5, 6, 6, 7]);
  });

  test('takes a value on a boundary as at most the boundary, as le says', () => {
    expect(classicCounts(histogramOf([1, 2, 4]), [1, 2, 4])).toEqual([1, 2, 3, 3]);
  });

  test('interpolates within a bucket on its logarithmic axis', () => {
    const coarse: ExponentialHistogram = {
      scale: 0,
      count: 100,
      sum: 150,
      zeroCount: 0,
      zeroThreshold: 0,
      positive: { offset: 0, counts: [100] },
      negative: { offset: 0, counts: [] },
    };
    const [half, all] = classicCounts(coarse, [Math.SQRT2, 2]);
    expect(half).toBeCloseTo(50, 9);
    expect(all).toBe(100);
  });

  test('mirrors negative values', () => {
    expect(classicCounts(histogramOf([-4, -1, 0, 3]), [-2, -0.5, 0, 1, 5])).toEqual([1, 2, 3, 3, 4, 4]);
  });

  test('is monotone, exact in total, and within one bucket’s count of the truth', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { maxLength: 200 }),
        fc.uniqueArray(fc.double({ min: -2000, max: 2000, noNaN: true }), { minLength: 1, maxLength: 20 }),
        (values, bounds) => {
          const boundaries = bounds.toSorted((a, b) => a - b);
          const histogram = histogramOf(values);
          const counts = classicCounts(histogram, boundaries);
          expect(counts.at(-1)).toBe(values.length);
          counts.forEach((count, i) => {
            expect(count).toBeGreaterThanOrEqual(counts[i - 1] ?? 0);
          });
          const widest = Math.max(0, histogram.zeroCount, ...histogram.positive.counts, ...histogram.negative.counts);
          boundaries.forEach((boundary, i) => {
            const truth = values.filter((value) => value <= boundary).length;
            expect(Math.abs((counts[i] ?? 0) - truth)).toBeLessThanOrEqual(widest);
          });
        },
      ),
    );
  });
});
