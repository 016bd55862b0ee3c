import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pageModule } from '../../support/page-module.ts';

const { format, formatParts } = await pageModule<{
  format: (value: number | null, unit?: string, decimals?: number) => string;
  formatParts: (value: number | null, unit?: string, decimals?: number) => { text: string; suffix: string };
}>('units.js');

describe('numbers in the browser view', () => {
  test.each([
    [0.00037, 's', undefined, '370 µs'],
    [0.37, 's', undefined, '370 ms'],
    [0.00512, 's', 2, '5.12 ms'],
    [0.0000004, 's', undefined, '400 ns'],
    [0, 's', undefined, '0 s'],
    [75, 's', 1, '1.3 min'],
    [7200, 's', undefined, '2 h'],
    [0.931, 'percentunit', 0, '93%'],
    [0.00118, 'percentunit', undefined, '0.118%'],
    [1, 'percentunit', undefined, '100%'],
    [100, 'percentunit', undefined, '10000%'],
    [0, 'bytes', undefined, '0 B'],
    [512, 'bytes', 2, '512 B'],
    [96 * 2 ** 20, 'bytes', undefined, '96 MiB'],
    [1536, 'Bps', undefined, '1.5 KiB/s'],
    [2000, 'suffix: samples/s', undefined, '2000 samples/s'],
    [6.5, 'reqps', undefined, '6.5 req/s'],
    [249.83, 'hertz', 1, '249.8 Hz'],
    [12_345, 'short', undefined, '12.3K'],
    [2_800_000, 'short', 1, '2.8M'],
    [3, 'short', 0, '3'],
    [-0.25, 'short', undefined, '-0.25'],
  ])('%d %s (%p decimals) reads %s', (value, unit, decimals, text) => {
    expect(format(value, unit, decimals)).toBe(text);
  });

  test('that are missing read as a dash', () => {
    expect(format(null, 's')).toBe('–');
    expect(format(Number.NaN, 's')).toBe('–');
    expect(formatParts(null)).toEqual({ text: '–', suffix: '' });
  });

  test('keep their size: what is read back is within one percent', () => {
    const factors: Record<string, number> = { d: 86400, h: 3600, min: 60, s: 1, ms: 1e-3, µs: 1e-6, ns: 1e-9 };
    fc.assert(
      fc.property(fc.double({ min: 1e-7, max: 1e6, noNaN: true }), (value) => {
        const { text, suffix } = formatParts(value, 's');
        const back = Number(text) * factors[suffix]!;
        expect(Math.abs(back - value)).toBeLessThanOrEqual(value * 0.01);
      }),
    );
  });
});
