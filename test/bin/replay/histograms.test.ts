import { describe, expect, test } from '@jest/globals';
import { exponentialOf } from '../../../bin/replay/api-histogram.ts';
import { ExponentialHistogramRecorder } from '../../../core/metrics/exponential-histogram.ts';
import { histogramText, parseHistogramText } from '../../../core/metrics/histogram-text.ts';

/** As the HTTP API writes it: empty buckets left out. */
function asApi(histogram: ReturnType<ExponentialHistogramRecorder['snapshot']>) {
  const { scale, positive, count, sum } = histogram;
  const bound = (index: number): string => String(2 ** (index * 2 ** -scale));
  const buckets = positive.counts.flatMap((number, i) => {
    const index = positive.offset + i;
    return number === 0 ? [] : [[0, bound(index), bound(index + 1), String(number)] as const];
  });
  return { count: String(count), sum: String(sum), buckets };
}

const recorder = new ExponentialHistogramRecorder();
for (const value of [0.004, 0.0041, 0.02, 0.3, 0.31, 2.5]) recorder.record(value);
const recorded = recorder.snapshot();
const { scale, count, sum, positive } = recorded;

describe('a histogram read back from a store is the one that was written', () => {
  test("from the answer of Prometheus' API", () => {
    expect(exponentialOf(asApi(recorded))).toMatchObject({ scale, count, sum, positive, zeroCount: 0 });
    expect(exponentialOf({ count: '0', sum: '0' })).toMatchObject({ count: 0, positive: { counts: [] } });
  });

  test('from the text of a Timestream column', () => {
    const text = histogramText(recorded);
    const read = parseHistogramText(text, recorded);
    expect(histogramText(read)).toBe(text);
    expect(read).toMatchObject({ count, sum });
    expect(() => parseHistogramText('1|2', recorded)).toThrow('is no histogram');
  });
});
