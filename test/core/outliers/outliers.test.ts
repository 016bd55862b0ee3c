import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Cell } from '../../../core/outliers/cell.ts';
import { crossedParts } from '../../../core/outliers/crossed.ts';
import { medianPolish } from '../../../core/outliers/polish.ts';
import { outlierScores } from '../../../core/outliers/score.ts';
import { seededRandom } from '../../../edge-agent/boards/prng.ts';

interface Fleet {
  readonly devices?: number;
  readonly subjects?: number;
  /** How much worse, by index. */
  readonly badDevices?: Readonly<Record<number, number>>;
  readonly hardSubjects?: Readonly<Record<number, number>>;
  /** Share of the cells that are there. */
  readonly present?: number;
  readonly seed?: number;
}

/** A fleet in which every device is about as good as every other, but for those named. */
function fleet({ devices = 20, subjects = 12, badDevices = {}, hardSubjects = {}, present = 0.6, seed = 1 }: Fleet) {
  const random = seededRandom(seed);
  const cells: Cell[] = [];
  for (let d = 0; d < devices; d += 1) {
    for (let s = 0; s < subjects; s += 1) {
      const noise = (random() - 0.5) * 0.08;
      const isThere = random() < present;
      const quality = 0.85 - (badDevices[d] ?? 0) - (hardSubjects[s] ?? 0) + noise;
      if (isThere) cells.push({ device: `headset-${d}`, subject: `P-${s}`, quality });
    }
  }
  return cells;
}

const found = (cells: readonly Cell[]): string[] =>
  outlierScores(cells)
    .filter(({ score }) => score > 5)
    .map(({ cause, name }) => `${cause} ${name}`);

describe('a fleet', () => {
  test('with a bad cable: the device, and no subject who wore it', () => {
    const cells = fleet({ badDevices: { 14: 0.3 } });
    expect(found(cells)).toEqual(['device headset-14']);
    const score = outlierScores(cells).find(({ name }) => name === 'headset-14');
    expect(score).toMatchObject({ peers: 19 });
    expect(score?.effect).toBeCloseTo(-0.3, 1);
  });

  test('with a hard subject: the subject, and no device that was on the head', () => {
    expect(found(fleet({ hardSubjects: { 7: 0.3 } }))).toEqual(['subject P-7']);
  });

  test('with both, even where they met', () => {
    expect(found(fleet({ badDevices: { 3: 0.35 }, hardSubjects: { 5: 0.3 } }))).toEqual([
      'device headset-3',
      'subject P-5',
    ]);
  });

  test('with a device that had hard subjects only: no device', () => {
    const cells = fleet({ hardSubjects: { 0: 0.25, 1: 0.25, 2: 0.25 }, present: 1 }).filter(
      ({ device, subject }) => device !== 'headset-0' || ['P-0', 'P-1', 'P-2'].includes(subject),
    );
    expect(found(cells).filter((what) => what.startsWith('device'))).toEqual([]);
  });

  test('without any: nothing, in a hundred fleets', () => {
    for (let seed = 0; seed < 100; seed += 1) expect(found(fleet({ seed }))).toEqual([]);
  });

  test('of three devices, or of devices with one subject each: no scores of devices', () => {
    const devicesOf = (cells: readonly Cell[]) => outlierScores(cells).filter(({ cause }) => cause === 'device');
    expect(devicesOf(fleet({ devices: 3, badDevices: { 1: 0.4 }, present: 1 }))).toEqual([]);
    expect(devicesOf(fleet({ devices: 4, badDevices: { 1: 0.4 }, present: 1 }))).toHaveLength(4);
    const own = Array.from({ length: 9 }, (_, i) => ({ device: `d${i}`, subject: `s${i}`, quality: i / 10 }));
    expect(outlierScores(own)).toEqual([]);
    expect(outlierScores([])).toEqual([]);
  });

  test('of two labs that share nothing: each among its own', () => {
    const rename = (cell: Cell): Cell => ({
      device: `b-${cell.device}`,
      subject: `b-${cell.subject}`,
      quality: cell.quality - 0.4,
    });
    const cells = [...fleet({}), ...fleet({ seed: 2 }).map(rename)];
    expect(crossedParts(cells)).toHaveLength(2);
    expect(found(cells)).toEqual([]);
  });
});

describe('for any table', () => {
  const tables = fc.array(
    fc.record({
      device: fc.integer({ min: 0, max: 6 }).map((i) => `d${i}`),
      subject: fc.integer({ min: 0, max: 6 }).map((i) => `s${i}`),
      quality: fc.integer({ min: 0, max: 100 }).map((i) => i / 100),
    }),
    { maxLength: 40 },
  );
  const unique = (cells: readonly Cell[]): Cell[] => [
    ...new Map(cells.map((cell) => [`${cell.device} ${cell.subject}`, cell])).values(),
  ];
  const byName = (cells: readonly Cell[]) =>
    Object.fromEntries(outlierScores(cells).map(({ cause, name, score }) => [`${cause} ${name}`, score]));
  const expectAlike = (a: Record<string, number>, b: Record<string, number>): void => {
    expect(Object.keys(a).sort()).toEqual(Object.keys(b).sort());
    for (const [name, score] of Object.entries(a)) expect(b[name]).toBeCloseTo(score, 4);
  };

  test('adding a constant to all changes nothing', () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: -50, max: 50 }), (table, constant) => {
        const cells = unique(table);
        const moved = cells.map((cell) => ({ ...cell, quality: cell.quality + constant / 100 }));
        expectAlike(byName(cells), byName(moved));
      }),
      { numRuns: 200 },
    );
  });

  test('the order of the rows changes nothing', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const cells = unique(table);
        expectAlike(byName(cells), byName([...cells].reverse()));
      }),
      { numRuns: 200 },
    );
  });

  test('effects add up: in a table without noise each cell is overall, device and subject together', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 3, maxLength: 7 }),
        fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 3, maxLength: 7 }),
        (rows, columns) => {
          const cells = rows.flatMap((row, d) =>
            columns.map((column, s) => ({ device: `d${d}`, subject: `s${s}`, quality: (row + column) / 100 })),
          );
          const { overall, devices, subjects } = medianPolish(cells);
          for (const { device, subject, quality } of cells) {
            expect(overall + devices.get(device)! + subjects.get(subject)!).toBeCloseTo(quality, 9);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
