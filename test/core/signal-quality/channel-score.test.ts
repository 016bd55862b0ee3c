import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ChannelFeatures, scoreChannel } from '../../../core/signal-quality/channel-score.ts';
import { scoreDevice } from '../../../core/signal-quality/device-score.ts';
import { ramp } from '../../../core/signal-quality/ramp.ts';

/** The median clean second of an OpenBCI Cyton. */
const clean: ChannelFeatures = {
  missing: 0,
  sd: 13,
  peakToPeak: 68,
  unchanged: 0,
  fullScaleShare: 0.3,
  atRail: 0,
  emgRms: 12.9,
  eegRms: 13,
  mainsRms: 20,
  relativeCorrelation: 1,
};

describe('the score of a channel', () => {
  test('is 1 for a clean second, with nothing to blame', () => {
    expect(scoreChannel(clean)).toMatchObject({ score: 1, why: undefined, contact: true });
  });

  test.each([
    ['a third of the samples lost', { missing: 0.33 }, 'missing', false],
    ['no signal', { sd: 0.05, eegRms: 0.05, emgRms: 0.01 }, 'flat', false],
    ['a value that repeats', { unchanged: 0.97 }, 'flat', false],
    ['the converter at its end', { fullScaleShare: 1, atRail: 1 }, 'rail', false],
    ['movement', { sd: 180, eegRms: 180, peakToPeak: 900 }, 'amp', true],
    ['a pop of the electrode', { peakToPeak: 1200 }, 'amp', true],
    ['a clenched jaw', { emgRms: 90, eegRms: 40 }, 'emg', true],
    ['an open cable', { mainsRms: 2500 }, 'line', false],
  ] as const)('is 0 for %s', (_, change, why, contact) => {
    expect(scoreChannel({ ...clean, ...change })).toMatchObject({ score: 0, why, contact });
  });

  test('leaves an electrode with 390 uV of mains usable: good ones have that', () => {
    const { score, why } = scoreChannel({ ...clean, mainsRms: 390 });
    expect(score).toBeGreaterThan(0.7);
    expect(why).toBe('line');
  });

  test('takes half at most for being unrelated to the other channels', () => {
    expect(scoreChannel({ ...clean, relativeCorrelation: 0 })).toMatchObject({ score: 0.5, why: 'corr' });
    const { relativeCorrelation: _, ...alone } = clean;
    expect(scoreChannel(alone).score).toBe(1);
  });

  const features = fc.record({
    missing: fc.double({ min: 0, max: 1, noNaN: true }),
    sd: fc.double({ min: 0, max: 1e6, noNaN: true }),
    peakToPeak: fc.double({ min: 0, max: 1e6, noNaN: true }),
    unchanged: fc.double({ min: 0, max: 1, noNaN: true }),
    fullScaleShare: fc.double({ min: 0, max: 2, noNaN: true }),
    atRail: fc.double({ min: 0, max: 1, noNaN: true }),
    emgRms: fc.double({ min: 0, max: 1e6, noNaN: true }),
    eegRms: fc.double({ min: 0, max: 1e6, noNaN: true }),
    mainsRms: fc.double({ min: 0, max: 1e6, noNaN: true }),
    relativeCorrelation: fc.double({ min: 0, max: 3, noNaN: true }),
  });

  test('lies between 0 and 1 and names a reason exactly when it is below 1', () => {
    fc.assert(
      fc.property(features, (f) => {
        const { score, why } = scoreChannel(f);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(why === undefined).toBe(score === 1);
      }),
    );
  });

  test('never rises when something gets worse', () => {
    const worsening = ['missing', 'peakToPeak', 'unchanged', 'fullScaleShare', 'atRail', 'emgRms', 'mainsRms'] as const;
    fc.assert(
      fc.property(features, fc.constantFrom(...worsening), fc.double({ min: 1, max: 10 }), (f, what, by) => {
        expect(scoreChannel({ ...f, [what]: f[what] * by }).score).toBeLessThanOrEqual(scoreChannel(f).score + 1e-12);
      }),
    );
  });
});

describe('the score of a device', () => {
  const bad = scoreChannel({ ...clean, unchanged: 1 });
  const good = scoreChannel(clean);

  test('weighs the mean and the share of usable channels alike, and counts the faults', () => {
    const device = scoreDevice([good, good, good, bad]);
    expect(device).toMatchObject({ score: 0.75, mean: 0.75, median: 1, usable: 0.75 });
    expect(device.worstThree).toBeCloseTo(2 / 3);
    expect(device.faults).toEqual({ missing: 0, rail: 0, flat: 1, amp: 0, emg: 0, line: 0, corr: 0 });
  });
});

describe('a ramp', () => {
  test('is 1 on the good side, 0 on the bad side, in either direction, and 0 for what is no number', () => {
    expect([49, 50, 100, 150, 151].map((v) => ramp(v, 50, 150))).toEqual([1, 1, 0.5, 0, 0]);
    expect([0.05, 0.1, 0.3, 0.5, 1].map((v) => ramp(v, 0.5, 0.1))).toEqual([0, 0, expect.closeTo(0.5), 1, 1]);
    expect(ramp(Number.NaN, 0, 1)).toBe(0);
  });
});
