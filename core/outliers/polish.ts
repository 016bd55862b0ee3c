import { type Cell, medianOf } from './cell.ts';

/** What a cell is made of: `overall + device + subject + residual`. */
export interface Effects {
  readonly overall: number;
  /** How much better than usual, by device; their median is 0. */
  readonly devices: ReadonlyMap<string, number>;
  readonly subjects: ReadonlyMap<string, number>;
}

/** Effects are stable after a few rounds; where a tie keeps them going, so many are enough. */
const MOST_ROUNDS = 30;
const STABLE = 1e-9;

/**
 * Tukey's median polish (Exploratory Data Analysis, 1977), with cells missing: takes out the medians of devices and of
 * subjects in turn until none is left. Medians, not means: a cable that is bad on one subject moves nothing.
 */
export function medianPolish(cells: readonly Cell[]): Effects {
  const residuals = cells.map(({ quality }) => quality);
  const devices = new Map(cells.map(({ device }) => [device, 0]));
  const subjects = new Map(cells.map(({ subject }) => [subject, 0]));
  let overall = 0;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const moved = Math.max(
      sweep(
        devices,
        cells.map(({ device }) => device),
        residuals,
      ),
      sweep(
        subjects,
        cells.map(({ subject }) => subject),
        residuals,
      ),
    );
    overall += centre(devices) + centre(subjects);
    if (moved < STABLE) break;
  }
  return { overall, devices, subjects };
}

/** Moves the median residual of each row into the row's effect. @returns the largest move */
function sweep(effects: Map<string, number>, rowOf: readonly string[], residuals: number[]): number {
  const rows = new Map<string, number[]>();
  rowOf.forEach((row, i) => {
    const own = rows.get(row);
    if (own) own.push(residuals[i]!);
    else rows.set(row, [residuals[i]!]);
  });
  const moves = new Map([...rows].map(([row, own]) => [row, medianOf(own)]));
  for (const [row, move] of moves) effects.set(row, (effects.get(row) ?? 0) + move);
  rowOf.forEach((row, i) => {
    residuals[i] = residuals[i]! - (moves.get(row) ?? 0);
  });
  return Math.max(...[...moves.values()].map(Math.abs));
}

/** Takes what all effects have in common out of them. */
function centre(effects: Map<string, number>): number {
  const common = medianOf([...effects.values()]);
  for (const [row, effect] of effects) effects.set(row, effect - common);
  return common;
}
