import { describe, expect, test } from '@jest/globals';
import { benchSignalQuality } from '../../../edge-agent/measure/bench.ts';

describe('the bench of signal quality', () => {
  test('times the score and its peer the same number of times, and tells percentiles', () => {
    let nowMs = 0;
    // Each look at the clock is a millisecond later: every piece of work takes exactly one.
    const results = benchSignalQuality({ nowMs: () => nowMs++ }, 2);
    expect(results.map(({ channels, sampleRateHz }) => `${channels}@${sampleRateHz}`)).toEqual([
      '8@250',
      '32@500',
      '64@1000',
    ]);
    for (const { scoreMs, meanAndVarianceMs, coreShare } of results) {
      expect([scoreMs, meanAndVarianceMs]).toEqual([
        { p50: 1, p95: 1 },
        { p50: 1, p95: 1 },
      ]);
      expect(coreShare).toBe(0.001);
    }
  });
});
