import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BAND_NAMES, BandPowers } from '../../../edge-agent/measure/band-powers.ts';
import { PowerSpectrum } from '../../../edge-agent/measure/fft.ts';

/** The definition, in time that grows with the square of the length. */
function slowPower(samples: readonly number[]): number[] {
  const n = samples.length;
  const windowed = samples.map((x, i) => x * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n)));
  return Array.from({ length: n / 2 + 1 }, (_, k) => {
    let re = 0;
    let im = 0;
    windowed.forEach((x, i) => {
      re += x * Math.cos((2 * Math.PI * k * i) / n);
      im -= x * Math.sin((2 * Math.PI * k * i) / n);
    });
    return (2 * (re * re + im * im)) / (n * n * 0.375);
  });
}

describe('the power spectrum', () => {
  test('is what the definition of the Fourier transform gives', () => {
    const samples = fc.integer({ min: 1, max: 7 }).chain((exponent) =>
      fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), {
        minLength: 2 ** exponent,
        maxLength: 2 ** exponent,
      }),
    );
    fc.assert(
      fc.property(samples, (values) => {
        const out = new Float64Array(values.length / 2 + 1);
        new PowerSpectrum(values.length).compute(values, out);
        slowPower(values).forEach((power, k) => {
          expect(Math.abs(out[k]! - power)).toBeLessThan(1e-6 * (1 + power));
        });
      }),
      { numRuns: 50 },
    );
  });

  test('gives a sine of amplitude 10 its power of 50', () => {
    const out = new Float64Array(129);
    new PowerSpectrum(256).compute(
      Float64Array.from({ length: 256 }, (_, i) => 10 * Math.sin((2 * Math.PI * 20 * i) / 256)),
      out,
    );
    expect(out[19]! + out[20]! + out[21]!).toBeCloseTo(50, 6);
    expect(out[40]).toBeCloseTo(0, 6);
  });

  test('refuses a length that is no power of two', () => {
    expect(() => new PowerSpectrum(250)).toThrow('spectrum size is 250; it must be a power of two');
  });
});

describe('band powers', () => {
  const sine = (frequencyHz: number, amplitude = 1) =>
    Float64Array.from({ length: 256 }, (_, i) => amplitude * Math.sin((2 * Math.PI * frequencyHz * i) / 256));

  test.each([
    [2.5, 'delta'],
    [6, 'theta'],
    [10, 'alpha'],
    [20, 'beta'],
    [38, 'gamma'],
  ])('finds a sine of %d Hz in %s', (frequency, band) => {
    const shares = [...new BandPowers(256, 256).relative([sine(frequency)])].map((log) => 10 ** log);
    expect(shares[BAND_NAMES.indexOf(band as 'alpha')]).toBeGreaterThan(0.8);
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
  });

  test('do not depend on the amplitude, and are defined for silence', () => {
    const powers = new BandPowers(256, 256);
    const small = [...powers.relative([sine(10)])];
    expect([...powers.relative([sine(10, 1000)])]).toEqual(small.map((v) => expect.closeTo(v, 6)));
    for (const value of powers.relative([new Float64Array(256)])) expect(value).toBeCloseTo(Math.log10(1 / 5));
  });
});
