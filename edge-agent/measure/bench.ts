/** What the signal-quality score costs on this host: time per second of samples, beside a plain loop over the same. */

import { SignalQuality } from '../../core/signal-quality/signal-quality.ts';
import { EegSource } from '../boards/eeg-source.ts';
import { electrodeNames } from '../boards/electrode-names.ts';
import { seededRandom } from '../boards/prng.ts';

export interface SignalQualityBench {
  readonly channels: number;
  readonly sampleRateHz: number;
  /** Milliseconds for one second of samples of all channels. */
  readonly scoreMs: Percentiles;
  /** The peer: mean and variance of the same samples in a plain loop, the least any monitor has to do. */
  readonly meanAndVarianceMs: Percentiles;
  /** Share of one core that the score takes, from the median. */
  readonly coreShare: number;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
}

/** A Cyton, a research amplifier of 32 channels, and a large one. */
const SIZES = [
  { channels: 8, sampleRateHz: 250 },
  { channels: 32, sampleRateHz: 500 },
  { channels: 64, sampleRateHz: 1000 },
] as const;
/** Until the just-in-time compiler is done. */
const WARM_UP = 10;

/** Runs for about a second; `seconds` of samples are scored for each size. */
export function benchSignalQuality(clock: { nowMs(): number }, seconds = 60): SignalQualityBench[] {
  return SIZES.map(({ channels, sampleRateHz }) => {
    const second = Array.from({ length: channels }, () => new Float32Array(sampleRateHz));
    new EegSource(electrodeNames(channels), sampleRateHz, 50, seededRandom(1)).fill(second, sampleRateHz);
    const quality = new SignalQuality({
      sampleRateHz,
      channelCount: channels,
      fullScaleMicrovolts: 187_500,
      mainsHz: 50,
    });
    let scores = 0;
    const score = (): void => quality.push(second, (window) => (scores += window.score));
    const plain = (): void => {
      for (const samples of second) scores += variance(samples);
    };
    // In turns, so that a busy moment of the host hits both.
    const times = { score: [] as number[], plain: [] as number[] };
    for (let i = 0; i < WARM_UP + seconds; i++) {
      const timings = [time(clock, score), time(clock, plain)] as const;
      if (i < WARM_UP) continue;
      times.score.push(timings[0]);
      times.plain.push(timings[1]);
    }
    if (!Number.isFinite(scores)) throw new Error(`the bench computed ${scores}; it must be a number`);
    const scoreMs = percentiles(times.score);
    return {
      channels,
      sampleRateHz,
      scoreMs,
      meanAndVarianceMs: percentiles(times.plain),
      coreShare: scoreMs.p50 / 1000,
    };
  });
}

function variance(samples: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < samples.length; i++) {
    const x = samples[i]!;
    sum += x;
    squares += x * x;
  }
  const mean = sum / samples.length;
  return squares / samples.length - mean * mean;
}

function time(clock: { nowMs(): number }, work: () => void): number {
  const begunMs = clock.nowMs();
  work();
  return clock.nowMs() - begunMs;
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { p50: at(0.5), p95: at(0.95) };
}
