import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BUTTERWORTH_4, Cascade, highPass, lowPass, notch, type Section } from '../../../core/signal-quality/biquad.ts';
import { Goertzel } from '../../../core/signal-quality/goertzel.ts';

const RATE = 250;

function sine(frequencyHz: number, seconds: number, offset = 0): Float64Array {
  return Float64Array.from(
    { length: RATE * seconds },
    (_, i) => offset + Math.sin((2 * Math.PI * frequencyHz * i) / RATE),
  );
}

/** Amplitude that a sine of amplitude 1 has after the filter, once it has settled. */
function gain(sections: readonly Section[], frequencyHz: number): number {
  const samples = sine(frequencyHz, 12);
  new Cascade(sections).filter(samples, samples.length);
  return Math.max(...samples.subarray(RATE * 8).map(Math.abs));
}

describe('a filter section', () => {
  const drift = BUTTERWORTH_4.map((q) => highPass(RATE, 1, q));
  const eeg = BUTTERWORTH_4.map((q) => lowPass(RATE, 40, q));

  test.each([
    ['high-pass lets 10 Hz through', drift, 10, 1],
    ['high-pass halves the power at its corner', drift, 1, Math.SQRT1_2],
    ['high-pass stops 0.1 Hz', drift, 0.1, 0],
    ['low-pass lets 10 Hz through', eeg, 10, 1],
    ['low-pass halves the power at its corner', eeg, 40, Math.SQRT1_2],
    ['low-pass stops 110 Hz', eeg, 110, 0],
    ['notch stops its centre', [notch(RATE, 50, 5)], 50, 0],
    ['notch lets 10 Hz through', [notch(RATE, 50, 5)], 10, 1],
  ])('%s', (_, sections, frequency, expected) => {
    expect(gain(sections, frequency)).toBeCloseTo(expected, 1);
  });

  test('that is primed does not ring on an electrode offset', () => {
    const samples = new Float64Array(500).fill(61_379.36);
    const cascade = new Cascade([...drift, notch(RATE, 50, 5), ...eeg]);
    cascade.prime(61_379.36);
    cascade.filter(samples, samples.length);
    expect(Math.max(...samples.map(Math.abs))).toBeLessThan(1e-6);
  });

  test('gives the same for any division of the stream into blocks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }), (lengths) => {
        const total = lengths.reduce((a, b) => a + b, 0);
        const whole = sine(7, Math.ceil(total / RATE)).subarray(0, total);
        const pieces = whole.slice();
        new Cascade(drift).filter(whole, total);
        const cascade = new Cascade(drift);
        let from = 0;
        for (const length of lengths) {
          cascade.filter(pieces.subarray(from), length);
          from += length;
        }
        expect(pieces).toEqual(whole);
      }),
    );
  });

  test('refuses a frequency that the sampling cannot hold, and says which it can', () => {
    expect(() => lowPass(100, 60, 0.7)).toThrow('filter frequency is 60 Hz; at 100 samples per second');
  });
});

describe('the strength of one frequency', () => {
  test('is its RMS, whatever else is in the stream, and starts anew after it was taken', () => {
    const goertzel = new Goertzel(RATE, 50);
    const samples = sine(50, 1, 1000).map((x, i) => 10 * (x - 1000) + sine(10, 1)[i]!);
    goertzel.push(samples.subarray(0, 100), 100);
    goertzel.push(samples.subarray(100), 150);
    expect(goertzel.takeRms()).toBeCloseTo(10 / Math.SQRT2, 6);
    expect(goertzel.takeRms()).toBe(0);
    goertzel.push(sine(10, 1), RATE);
    expect(goertzel.takeRms()).toBeCloseTo(0, 6);
  });
});
