import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  bucketIndex,
  bucketUpperBound,
  difference,
  downscale,
  ExponentialHistogramRecorder,
  merge,
  quantile,
} from '../../../core/metrics/exponential-histogram.ts';
import type { ExponentialHistogram } from '../../../core/metrics/model.ts';

function record(values: readonly number[], maxBuckets?: number): ExponentialHistogram {
  const recorder = new ExponentialHistogramRecorder(maxBuckets);
  for (const value of values) recorder.record(value);
  return recorder.snapshot();
}

const values = fc.array(fc.double({ noNaN: true, min: -1e12, max: 1e12 }), { minLength: 1, maxLength: 80 });
const total = (h: ExponentialHistogram): number =>
  [...h.positive.counts, ...h.negative.counts].reduce((sum, count) => sum + count, h.zeroCount);

describe('exponential histogram', () => {
  test('a bucket holds its upper bound and not its lower one', () => {
    fc.assert(
      fc.property(fc.integer({ min: -60, max: 60 }), fc.integer({ min: -4, max: 0 }), (index, scale) => {
        const upper = bucketUpperBound(index, scale);
        expect(bucketIndex(upper, scale)).toBe(index);
        expect(bucketIndex(upper * (1 + 2 ** -50), scale)).toBe(index + 1);
      }),
    );
  });

  test('every value lies in the bucket that it is counted in, at every scale', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
        fc.integer({ min: -10, max: 20 }),
        (v, scale) => {
          const index = bucketIndex(v, scale);
          expect(v).toBeLessThanOrEqual(bucketUpperBound(index, scale) * (1 + 1e-12));
          expect(v).toBeGreaterThan(bucketUpperBound(index - 1, scale) * (1 - 1e-12));
        },
      ),
    );
  });

  test('count, sum, extremes and the number of bucketed values are exact', () => {
    fc.assert(
      fc.property(values, (list) => {
        const h = record(list);
        expect(h.count).toBe(list.length);
        expect(h.sum).toBe(list.reduce((a, b) => a + b, 0));
        expect(h.min).toBe(Math.min(...list));
        expect(h.max).toBe(Math.max(...list));
        expect(total(h)).toBe(list.length);
        expect(Math.max(h.positive.counts.length, h.negative.counts.length)).toBeLessThanOrEqual(160);
      }),
    );
  });

  test('merging two halves equals recording the whole', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const merged = merge(record(a), record(b));
        const whole = record([...a, ...b]);
        const scale = Math.min(merged.scale, whole.scale);
        expect({ ...downscale(merged, scale), sum: 0 }).toEqual({ ...downscale(whole, scale), sum: 0 });
        expect(merged.sum).toBeCloseTo(whole.sum, -3);
      }),
    );
  });

  test('the difference of two cumulative snapshots is what came between', () => {
    fc.assert(
      fc.property(values, values, (first, second) => {
        const recorder = new ExponentialHistogramRecorder();
        for (const v of first) recorder.record(v);
        const earlier = recorder.snapshot();
        for (const v of second) recorder.record(v);
        const between = difference(recorder.snapshot(), earlier);
        expect(between?.count).toBe(second.length);
        expect(between && total(between)).toBe(second.length);
      }),
    );
  });

  test('a restarted series has no difference to its former self', () => {
    expect(difference(record([1]), record([1, 2, 3]))).toBeUndefined();
    expect(difference(record([1, 1, 1, 1]), record([9, 9]))).toBeUndefined();
  });

  test('a quantile is within the relative error that the scale promises', () => {
    const list = Array.from({ length: 10_000 }, (_, i) => 0.001 * 1.0007 ** i);
    const h = record(list);
    const bound = 2 ** (2 ** -h.scale);
    for (const q of [0, 0.01, 0.5, 0.95, 0.99, 1]) {
      const exact = list[Math.min(list.length - 1, Math.floor(q * list.length))] ?? 0;
      expect(quantile(h, q) / exact).toBeLessThan(bound);
      expect(quantile(h, q) / exact).toBeGreaterThan(1 / bound);
    }
  });

  test('quantiles of negative, zero and positive values keep their order', () => {
    fc.assert(
      fc.property(values, (list) => {
        const h = record(list);
        const answers = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1].map((q) => quantile(h, q));
        expect([...answers].sort((a, b) => a - b)).toEqual(answers);
        expect(answers[0]).toBeGreaterThanOrEqual(Math.min(...list));
        expect(answers.at(-1)).toBeLessThanOrEqual(Math.max(...list));
      }),
    );
  });

  test('an empty histogram has no quantile, and NaN is no observation', () => {
    expect(quantile(record([]), 0.5)).toBeNaN();
    expect(record([Number.NaN, Number.POSITIVE_INFINITY]).count).toBe(0);
  });
});
