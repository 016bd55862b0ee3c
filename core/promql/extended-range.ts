import { countUntil, type Sample } from './series.ts';

export interface ExtendedRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly lookbackMs: number;
  readonly isCounter: boolean;
}

/**
 * Ranges whose ends have values of their own. `anchored` takes the newest sample at or before the start as the value
 * there, and the last one as the value at the end; `smoothed` interpolates between the samples on both sides of each
 * end. With values at the ends, `rate` and `increase` need not extrapolate. A counter that was reset between two samples
 * is taken to have started at 0 then.
 */
export function extendRange(
  kind: 'anchored' | 'smoothed',
  all: readonly Sample[],
  { fromMs, toMs, lookbackMs, isCounter }: ExtendedRange,
): readonly Sample[] {
  const samples = all.filter(({ stale, histogram }) => stale !== true && histogram === undefined);
  const inside = samples.slice(countUntil(samples, fromMs), countUntil(samples, toMs));
  const before = nearest(samples[countUntil(samples, fromMs) - 1], fromMs, lookbackMs);
  if (kind === 'anchored') {
    if (inside.length === 0) return [];
    const start = before ?? inside[0];
    const end = inside[inside.length - 1] as Sample;
    return unique([start && { ...start, timeMs: fromMs }, ...inside, { ...end, timeMs: toMs }]);
  }
  const after = nearest(samples[countUntil(samples, toMs)], toMs, lookbackMs);
  const startNeighbour = inside[0] ?? after;
  const endNeighbour = inside[inside.length - 1] ?? before;
  if (!startNeighbour || !endNeighbour) return [];
  const start = { timeMs: fromMs, value: interpolate(before, startNeighbour, fromMs, isCounter) };
  const end = { timeMs: toMs, value: interpolate(endNeighbour, after, toMs, isCounter) };
  return unique([start, ...inside, end]);
}

function nearest(sample: Sample | undefined, timeMs: number, lookbackMs: number): Sample | undefined {
  return sample && Math.abs(sample.timeMs - timeMs) < lookbackMs ? sample : undefined;
}

/** On the line between both, or the one there is. */
export function interpolate(a: Sample | undefined, b: Sample | undefined, timeMs: number, isCounter: boolean): number {
  if (!a || !b || a.timeMs === b.timeMs) return (a ?? b)?.value ?? Number.NaN;
  const from = isCounter && b.value < a.value ? 0 : a.value;
  return from + ((b.value - from) * (timeMs - a.timeMs)) / (b.timeMs - a.timeMs);
}

function unique(samples: readonly (Sample | undefined)[]): Sample[] {
  const result: Sample[] = [];
  for (const sample of samples) {
    if (sample && result.at(-1)?.timeMs !== sample.timeMs) result.push(sample);
  }
  return result;
}
