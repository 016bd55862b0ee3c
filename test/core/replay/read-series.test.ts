import { describe, expect, test } from '@jest/globals';
import { matcher } from '../../../core/promql/matchers.ts';
import { extentOf, readSeries } from '../../../core/replay/read-series.ts';

const samples = (text: string, file: string): unknown =>
  [...readSeries(text, file).select([matcher('__name__', '=', 'up')])].map((series) => ({
    labels: series.labels,
    samples: series
      .between(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
      .map((one) => [one.timeMs, one.stale ? 'stale' : one.value]),
  }));

describe('files of series', () => {
  test('YAML as in unit tests of rules', () => {
    const text = `{ start: "100", interval: 10s, input_series: [{ series: 'up{a="b"}', values: '1 _ 3 stale' }] }`;
    const up = {
      labels: { __name__: 'up', a: 'b' },
      samples: [
        [100_000, 1],
        [120_000, 3],
        [130_000, 'stale'],
      ],
    };
    expect(samples(text, 'x.yaml')).toEqual([up]);
  });

  test('OpenMetrics text, in any order; of equal times the last one', () => {
    const text = '# TYPE up gauge\nup{a="b"} 2 1700000010.5\nup{a="b"} 1 1700000000\nup{a="b"} 3 1700000010.5\n# EOF\n';
    const up = {
      labels: { __name__: 'up', a: 'b' },
      samples: [
        [1_700_000_000_000, 1],
        [1_700_000_010_500, 3],
      ],
    };
    expect(samples(text, 'x.om')).toEqual([up]);
    expect(extentOf(readSeries(text, 'x.om'))).toEqual({ fromMs: 1_700_000_000_000, toMs: 1_700_000_010_500 });
  });

  test('a sample without a time is a problem with its line', () => {
    expect(() => readSeries('up 1 1700000000\nup 1\n', 'x.om')).toThrow(/x\.om:2: "up 1" is no sample with a time/);
  });
});
