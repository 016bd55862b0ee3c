import type { VectorSelector } from '../ast.ts';
import { type ColumnSeries, countUntil } from './column-store.ts';
import { type Arena, allPresent, type Column, EMPTY, type Steps, type VectorOperator } from './columns.ts';
import type { Compiler } from './compiler.ts';

/** The newest sample of each series within the look-back, unless it is a staleness marker. */
export function instantSelector(selector: VectorSelector, compiler: Compiler, ofTimes = false): VectorOperator {
  const series = compiler.select(selector);
  const offsetMs = compiler.offsetOf(selector);
  return {
    elements: series.map(({ labels }) => ({ labels, dropName: ofTimes })),
    run: (steps, arena) => ({
      columns: series.map((one) => {
        const at = { ...steps, firstMs: steps.firstMs - offsetMs };
        return ofTimes
          ? newest(one, at, compiler.lookbackMs, arena, true)
          : columnOf(one, at, compiler.lookbackMs, arena);
      }),
      ordered: true,
    }),
  };
}

function columnOf(series: ColumnSeries, steps: Steps, lookbackMs: number, arena: Arena): Column {
  const { samples, stale, regularMs } = series;
  const { firstMs, stepMs, count } = steps;
  if (regularMs === stepMs && !stale) {
    // Samples and steps on one grid: the samples are the result.
    const first = (firstMs - samples.times[0]!) / stepMs;
    if (Number.isInteger(first) && first >= 0 && first + count <= samples.length) {
      return { values: samples.values.subarray(first, first + count), present: allPresent(count), count };
    }
  }
  return newest(series, steps, lookbackMs, arena, false);
}

function newest(
  { samples, stale }: ColumnSeries,
  { firstMs, stepMs, count }: Steps,
  lookbackMs: number,
  arena: Arena,
  ofTimes: boolean,
): Column {
  const { times, length } = samples;
  const lastMs = firstMs + (count - 1) * stepMs;
  if (length === 0 || times[0]! > lastMs || times[length - 1]! <= firstMs - lookbackMs) return EMPTY;
  const values = arena.floats(count);
  const present = arena.bytes(count);
  let i = countUntil(samples, firstMs) - 1;
  let found = 0;
  for (let k = 0; k < count; k += 1) {
    const at = firstMs + k * stepMs;
    while (i + 1 < length && times[i + 1]! <= at) i += 1;
    if (i >= 0 && times[i]! > at - lookbackMs && !(stale !== undefined && stale[i] === 1)) {
      values[k] = ofTimes ? times[i]! / 1000 : samples.values[i]!;
      present[k] = 1;
      found += 1;
    } else present[k] = 0;
  }
  return { values, present, count: found };
}
