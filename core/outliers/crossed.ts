import type { Cell } from './cell.ts';

/** A device with one subject only, or a subject on one device only, cannot be told from it. */
const LEAST_CROSSINGS = 2;

/**
 * The parts of a table in which devices and subjects are crossed: every device has been on two subjects at least, every
 * subject on two devices, and from any of them a way of cells leads to any other. Across two parts nothing can be compared:
 * all of one may be better because its devices are, or because its subjects are.
 */
export function crossedParts(cells: readonly Cell[]): readonly (readonly Cell[])[] {
  const parts: Cell[][] = [];
  let left = prune(cells);
  while (left.length > 0) {
    const devices = new Set([left[0]!.device]);
    const subjects = new Set<string>();
    for (let size = 0; size < devices.size + subjects.size; ) {
      size = devices.size + subjects.size;
      for (const { device, subject } of left) {
        if (devices.has(device)) subjects.add(subject);
        else if (subjects.has(subject)) devices.add(device);
      }
    }
    parts.push(left.filter(({ device }) => devices.has(device)));
    left = left.filter(({ device }) => !devices.has(device));
  }
  return parts;
}

/** Takes out what is not crossed, until nothing is left to take out. */
function prune(cells: readonly Cell[]): readonly Cell[] {
  const devices = counted(cells.map(({ device }) => device));
  const subjects = counted(cells.map(({ subject }) => subject));
  const kept = cells.filter(
    ({ device, subject }) =>
      (devices.get(device) ?? 0) >= LEAST_CROSSINGS && (subjects.get(subject) ?? 0) >= LEAST_CROSSINGS,
  );
  return kept.length === cells.length ? kept : prune(kept);
}

function counted(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
