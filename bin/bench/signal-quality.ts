import { benchSignalQuality } from '../../edge-agent/measure/bench.ts';
import type { Bench } from './bench.ts';

/** The goal of the whole agent; even for the largest amplifier its scores alone may not take more. */
const LIMIT_PERCENT = 2;

/** What the score of every channel costs, beside the least that any monitor of samples does. */
export const signalQuality: Bench = {
  name: 'signal-quality',
  summary: 'the quality score of every channel, beside mean and variance of the same samples in a plain loop',
  async run() {
    const sizes = benchSignalQuality({ nowMs: () => performance.now() });
    return sizes.map(({ channels, sampleRateHz, meanAndVarianceMs, coreShare }) => ({
      what: `${channels} channels at ${sampleRateHz} Hz`,
      unit: '% of a core',
      ours: coreShare * 100,
      peer: { name: 'mean and variance', value: meanAndVarianceMs.p50 / 10 },
      limit: LIMIT_PERCENT,
    }));
  },
};
