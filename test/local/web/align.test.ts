import { describe, expect, test } from '@jest/globals';
import { pageModule } from '../../support/page-module.ts';

type Points = readonly (readonly [number, number | null])[];
type Columns = (number | null | undefined)[][];

const { align, stack } = await pageModule<{
  align: (series: { points: Points }[], spanMs?: number) => Columns;
  stack: (columns: Columns) => Columns;
}>('align.js');
const { intervalFor, duration, milliseconds } = await pageModule<{
  intervalFor: (rangeMs: number, pixels: number, shortestMs?: number) => number;
  duration: (ms: number) => string;
  milliseconds: (text: string) => number | undefined;
}>('time.js');

describe('series over common times', () => {
  test('go on through the points of others', () => {
    expect(
      align([
        {
          points: [
            [1000, 1],
            [3000, 3],
          ],
        },
        { points: [[2000, 7]] },
      ]),
    ).toEqual([
      [1, 2, 3],
      [1, undefined, 3],
      [undefined, 7, undefined],
    ]);
  });

  test('end where they were silent for too long', () => {
    const [times, values] = align(
      [
        {
          points: [
            [0, 1],
            [60_000, 2],
            [200_000, 3],
          ],
        },
      ],
      90_000,
    );
    expect(times).toEqual([0, 60, 60.001, 200]);
    expect(values).toEqual([1, 2, null, 3]);
  });

  test('leave out points without a value', () => {
    expect(
      align([
        {
          points: [
            [1000, null],
            [2000, 5],
          ],
        },
      ]),
    ).toEqual([[2], [5]]);
  });

  test('stand on each other when they are parts of a whole', () => {
    expect(
      stack([
        [1, 2],
        [1, undefined],
        [2, 5],
      ]),
    ).toEqual([
      [1, 2],
      [1, 0],
      [3, 5],
    ]);
    expect(stack([[1], [null], [undefined]])).toEqual([[1], [null], [null]]);
  });
});

describe('times in the browser view', () => {
  test('are cut into round intervals, never shorter than the panel allows', () => {
    expect(intervalFor(300_000, 300)).toBe(1000);
    expect(intervalFor(300_000, 300, 10_000)).toBe(10_000);
    expect(intervalFor(3_600_000, 300)).toBe(15_000);
    expect(intervalFor(86_400_000 * 30, 10)).toBe(3_600_000);
  });

  test('are said as people say them', () => {
    expect([400, 59_000, 60_000, 200_000, 7_500_000].map(duration)).toEqual([
      '0 s',
      '59 s',
      '1 min',
      '3 min 20 s',
      '2 h 5 min',
    ]);
    expect(['2m', '10s', '1h', 'soon'].map(milliseconds)).toEqual([120_000, 10_000, 3_600_000, undefined]);
  });
});
