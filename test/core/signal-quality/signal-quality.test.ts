import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DeviceQuality } from '../../../core/signal-quality/device-score.ts';
import { SignalQuality } from '../../../core/signal-quality/signal-quality.ts';
import { EegSource } from '../../../edge-agent/boards/eeg-source.ts';
import { electrodeNames } from '../../../edge-agent/boards/electrode-names.ts';
import { seededRandom } from '../../../edge-agent/boards/prng.ts';

const RATE = 250;
const CHANNELS = 8;

function eeg(seconds: number, seed = 1): Float32Array[] {
  const channels = Array.from({ length: CHANNELS }, () => new Float32Array(RATE * seconds));
  new EegSource(electrodeNames(CHANNELS), RATE, 50, seededRandom(seed)).fill(channels, RATE * seconds);
  return channels;
}

function newQuality(): SignalQuality {
  return new SignalQuality({ sampleRateHz: RATE, channelCount: CHANNELS, fullScaleMicrovolts: 187_500, mainsHz: 50 });
}

function judge(channels: readonly Float32Array[], quality = newQuality()): DeviceQuality[] {
  const windows: DeviceQuality[] = [];
  quality.push(channels, (window) => windows.push(window));
  return windows;
}

/** Replaces one channel of clean EEG from the given second on. */
function withFault(channel: number, fromSecond: number, sample: (clean: number, i: number) => number): Float32Array[] {
  const channels = eeg(12);
  const samples = channels[channel]!;
  for (let i = fromSecond * RATE; i < samples.length; i++) samples[i] = sample(samples[i]!, i);
  return channels;
}

describe('signal quality', () => {
  test('gives one verdict per second, all good for clean EEG', () => {
    const windows = judge(eeg(10));
    expect(windows).toHaveLength(10);
    for (const { score, channels } of windows) {
      expect(score).toBeGreaterThan(0.95);
      expect(channels.every(({ contact }) => contact)).toBe(true);
    }
  });

  const noise = seededRandom(5);
  test.each([
    ['a flat line', () => 12, 'flat', false],
    ['0.3 uV of noise, an amplifier without a head', () => 0.3 * (noise() - 0.5), 'flat', false],
    ['a railed input', () => 187_500, 'rail', false],
    ['an open cable', (x: number, i: number) => x + 4000 * Math.sin((2 * Math.PI * 50 * i) / RATE), 'line', false],
    ['muscles', (x: number) => x + 150 * (noise() - 0.5) * 2, 'emg', true],
    ['pops', (x: number, i: number) => x + (i % 200 < 10 ? 1500 : 0), 'amp', true],
    ['a drop-out of every third sample', (x: number, i: number) => (i % 3 === 0 ? Number.NaN : x), 'missing', false],
  ])('blames the channel that has %s, and only it', (_, fault, why, contact) => {
    for (const [second, { channels }] of judge(withFault(2, 4, fault)).entries()) {
      channels.forEach((channel, c) => {
        if (c !== 2 || second < 4) expect(channel.score).toBeGreaterThan(0.8);
        // A fault begins with a step of millivolts, which the 1 Hz high-pass takes seconds to forget.
        else if (second > 9) {
          expect(channel).toMatchObject({ why, contact });
          expect(channel.score).toBeLessThan(0.5);
        }
      });
    }
  });

  test('suspects a channel that is unrelated to the others, after some seconds', () => {
    const channels = eeg(15);
    channels[3] = eeg(15, 77)[3]!;
    const last = judge(channels).at(-1)!.channels;
    expect(last[3]!.why).toBe('corr');
    expect(last[3]!.score).toBeLessThan(0.7);
    expect(last[2]!.score).toBeGreaterThan(0.95);
  });

  test('recovers from samples that are no numbers, the very first ones included', () => {
    const channels = eeg(4);
    channels[0]!.fill(Number.NaN, 0, 100);
    channels[1]![300] = Number.POSITIVE_INFINITY;
    const windows = judge(channels);
    expect(windows[0]!.channels[0]!.why).toBe('missing');
    for (const { score } of windows[3]!.channels) expect(score).toBeGreaterThan(0.95);
  });

  test('calls a channel that never delivered a number missing', () => {
    const channels = eeg(2);
    channels[5]!.fill(Number.NaN);
    for (const { channels: verdicts } of judge(channels)) {
      expect(verdicts[5]).toMatchObject({ score: 0, why: 'missing', contact: false });
    }
  });

  test('does not depend on how the stream is divided into chunks', () => {
    const channels = eeg(3);
    const whole = judge(channels);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 12 }), (lengths) => {
        const quality = newQuality();
        const windows: DeviceQuality[] = [];
        let from = 0;
        for (const length of [...lengths, 3 * RATE]) {
          quality.push(
            channels.map((samples) => samples.subarray(from, from + length)),
            (window) => windows.push(window),
          );
          from += length;
        }
        expect(windows).toEqual(whole);
      }),
      { numRuns: 25 },
    );
  });

  test('counts samples that never arrived, and judges seconds of silence as nothing', () => {
    const quality = newQuality();
    const windows: DeviceQuality[] = [];
    const channels = eeg(3);
    quality.push(channels, (window) => windows.push(window));
    quality.skip(2 * RATE, (window) => windows.push(window));
    quality.push(channels, (window) => windows.push(window));
    expect(windows).toHaveLength(8);
    expect(windows.slice(3, 5).map(({ score, faults }) => [score, faults.missing])).toEqual([
      [0, 8],
      [0, 8],
    ]);
    expect(windows.slice(5).every(({ score }) => score > 0.95)).toBe(true);
  });

  test('lets a second with one per cent of loss pass, and begins to mind at more', () => {
    const quality = newQuality();
    const windows: DeviceQuality[] = [];
    const channels = eeg(2);
    const push = (from: number, to: number): void =>
      quality.push(
        channels.map((samples) => samples.subarray(from, to)),
        (window) => windows.push(window),
      );
    push(0, 100);
    quality.skip(2, (window) => windows.push(window));
    push(102, 300);
    quality.skip(20, (window) => windows.push(window));
    push(320, 500);
    expect(windows.map(({ channels: [first] }) => first!.factors.missing)).toEqual([1, expect.closeTo(0.76, 2)]);
  });

  test('does not ring when a session begins at another electrode offset', () => {
    const quality = newQuality();
    judge(eeg(3), quality);
    const shifted = eeg(2, 9).map((samples) => samples.map((x) => x + 60_000));
    quality.forget();
    expect(judge(shifted, quality).every(({ score }) => score > 0.95)).toBe(true);
  });

  test('measures both mains frequencies when the site did not say which', () => {
    const sixty = eeg(2).map((samples) => samples.map((x, i) => x + 700 * Math.sin((2 * Math.PI * 60 * i) / RATE)));
    const unknown = new SignalQuality({ sampleRateHz: RATE, channelCount: CHANNELS, fullScaleMicrovolts: 187_500 });
    expect(judge(sixty, unknown)[1]!.channels[0]!.features.mainsRms).toBeCloseTo(495, -1);
  });

  test('works on slow devices, where the muscle band and a mains frequency lie beyond the sampling', () => {
    const slow = new SignalQuality({ sampleRateHz: 100, channelCount: 1, fullScaleMicrovolts: 1000, mainsHz: 60 });
    const windows: DeviceQuality[] = [];
    slow.push([Float32Array.from({ length: 200 }, (_, i) => 20 * Math.sin(i / 3))], (window) => windows.push(window));
    expect(windows).toHaveLength(2);
    expect(windows[1]!.score).toBeGreaterThan(0.9);
  });
});
