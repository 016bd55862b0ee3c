import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Samples, type SampleValue } from '../../../../local/aws/prometheus/samples.ts';

const histogram = (count: number): SampleValue => ({
  scale: 0,
  count,
  sum: count,
  zeroCount: count,
  zeroThreshold: 0,
  positive: { offset: 0, counts: [] },
  negative: { offset: 0, counts: [] },
});

test('whatever the order of arrival, samples are in order of time, one each, the first one kept', () => {
  const value = fc.oneof(fc.double(), fc.integer({ min: 1, max: 9 }).map(histogram));
  const arrival = fc.tuple(fc.integer({ min: 0, max: 60 }), value);
  const window = fc.tuple(
    fc.integer({ min: -1, max: 61 }),
    fc.integer({ min: -1, max: 61 }),
    fc.integer({ min: 0, max: 61 }),
  );
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 80 }), window, (arrivals, [fromMs, toMs, forgottenMs]) => {
      const samples = new Samples();
      const model = new Map<number, SampleValue>();
      for (const [timeMs, given] of arrivals) {
        const stored = samples.put(timeMs, given);
        expect(stored === 'stored').toBe(!model.has(timeMs));
        if (!model.has(timeMs)) model.set(timeMs, given);
      }
      samples.forgetBefore(forgottenMs);
      const expected = [...model]
        .filter(([timeMs]) => timeMs > fromMs && timeMs <= toMs && timeMs >= forgottenMs)
        .sort(([a], [b]) => a - b);
      const found = samples
        .between(fromMs, toMs)
        .map(({ timeMs, value: number, histogram: whole }) => [timeMs, whole ?? number]);
      expect(found).toEqual(expected);
    }),
  );
});

test('the same sample again is told apart from another one at its time', () => {
  const samples = new Samples();
  samples.put(1, 2);
  samples.put(2, histogram(3));
  expect([
    samples.put(1, 2),
    samples.put(1, 3),
    samples.put(2, histogram(3)),
    samples.put(2, histogram(4)),
    samples.put(2, 3),
  ]).toEqual(['same', 'other', 'same', 'other', 'other']);
});
