import type { Labels } from '../../metrics/model.ts';
import type { Aggregation } from '../ast.ts';
import { KahanMean, Variance } from '../kahan.ts';
import { keepLabels, keyIgnoring, keyOn, omitLabels } from '../labels.ts';
import { quantileOf } from '../quantile.ts';
import { type Arena, allPresent, type Column, EMPTY, NotCovered, type VectorOperator } from './columns.ts';
import type { Compiler } from './compiler.ts';

interface Group {
  readonly labels: Labels;
  readonly dropName: boolean;
  readonly members: number[];
}

/** Reduces the members of a group that are present, in their order; `parameter` is the `q` of quantile at each step. */
type Reduce = (members: readonly Column[], count: number, arena: Arena, parameter: Float64Array) => Float64Array;

/** `sum by (...) (...)` and those of its siblings that give one element a group. */
export function aggregation(expr: Aggregation, compiler: Compiler): VectorOperator {
  const reduce = reductions[expr.op];
  if (!reduce) throw new NotCovered(expr.op);
  const vector = compiler.vector(expr.expr);
  const parameter = expr.parameter ? compiler.scalar(expr.parameter) : undefined;
  const groups = groupsOf(expr, vector);
  return {
    elements: groups,
    run(steps, arena) {
      const { count } = steps;
      const { columns, ordered } = vector.run(steps, arena);
      const q = parameter?.(steps, arena) ?? EMPTY.values;
      if (!ordered && ORDER_MATTERS.has(expr.op)) throw new NotCovered(`${expr.op} of elements whose order changes`);
      const reduced = groups.map(({ members }): Column => {
        const there = members.map((i) => columns[i]!).filter((column) => column.count > 0);
        if (there.length === 0) return EMPTY;
        const { present, number } = anyOf(there, count, arena);
        return { values: reduce(there, count, arena, q), present, count: number };
      });
      return { columns: reduced, ordered: ordered && keepsOrder(groups, columns, count) };
    },
  };
}

function groupsOf({ grouping, without }: Aggregation, { elements }: VectorOperator): Group[] {
  const groups = new Map<string, Group>();
  elements.forEach(({ labels, dropName }, i) => {
    const key = without ? keyIgnoring(labels, grouping) : keyOn(labels, grouping);
    const group = groups.get(key);
    if (!group) {
      const own = without ? omitLabels(labels, grouping) : keepLabels(labels, grouping);
      groups.set(key, { labels: own, dropName, members: [i] });
      return;
    }
    group.members.push(i);
    if (group.dropName !== dropName && group.labels.__name__ !== undefined)
      throw new NotCovered('groups by name of elements whose names do not fit any more');
  });
  return [...groups.values()];
}

/** Groups stand in the order of their first present members: certain when those are the first ones throughout. */
export function keepsOrder(
  groups: readonly { readonly members: readonly number[] }[],
  columns: readonly Column[],
  count: number,
): boolean {
  let last = -1;
  let isApart = true;
  for (const { members } of groups) {
    isApart &&= members[0]! > last;
    last = members.at(-1)!;
  }
  return isApart || groups.every(({ members }) => columns[members[0]!]!.count === count);
}

export function anyOf(
  columns: readonly Column[],
  count: number,
  arena: Arena,
): { present: Uint8Array; number: number } {
  if (columns.some((column) => column.count === count)) return { present: allPresent(count), number: count };
  const [only] = columns;
  if (columns.length === 1 && only) return { present: only.present, number: only.count };
  const present = arena.bytes(count).fill(0, 0, count);
  for (const column of columns) for (let k = 0; k < count; k += 1) present[k] = present[k]! | column.present[k]!;
  let number = 0;
  for (let k = 0; k < count; k += 1) number += present[k]!;
  return { present, number };
}

const ORDER_MATTERS: ReadonlySet<string> = new Set(['sum', 'avg', 'stddev', 'stdvar', 'min', 'max']);

/** Neumaier's sum of every step at once; `lost` is what rounding lost. */
function sums(members: readonly Column[], count: number, arena: Arena): { total: Float64Array; lost: Float64Array } {
  const total = arena.floats(count).fill(0, 0, count);
  const lost = arena.floats(count).fill(0, 0, count);
  for (const { values, present, count: there } of members) {
    const isFull = there === count;
    for (let k = 0; k < count; k += 1) {
      if (!isFull && present[k] === 0) continue;
      const value = values[k]!;
      const before = total[k]!;
      const next = before + value;
      if (!Number.isFinite(next)) lost[k] = 0;
      else if (Math.abs(before) >= Math.abs(value)) lost[k] = lost[k]! + (before - next + value);
      else lost[k] = lost[k]! + (value - next + before);
      total[k] = next;
    }
  }
  return { total, lost };
}

function sum(members: readonly Column[], count: number, arena: Arena): Float64Array {
  const { total, lost } = sums(members, count, arena);
  for (let k = 0; k < count; k += 1) if (Number.isFinite(total[k]!)) total[k] = total[k]! + lost[k]!;
  return total;
}

function avg(members: readonly Column[], count: number, arena: Arena): Float64Array {
  const total = sum(members, count, arena);
  const number = counted(members, count, arena);
  for (let k = 0; k < count; k += 1) {
    if (Number.isFinite(total[k]!)) total[k] = total[k]! / number[k]!;
    else {
      // A sum that overflows goes another way.
      const mean = new KahanMean();
      for (const { values, present } of members) if (present[k] === 1) mean.add(values[k]!);
      total[k] = mean.value;
    }
  }
  return total;
}

function counted(members: readonly Column[], count: number, arena: Arena): Float64Array {
  const number = arena.floats(count).fill(0, 0, count);
  for (const { present } of members) for (let k = 0; k < count; k += 1) number[k] = number[k]! + present[k]!;
  return number;
}

function extreme(sign: 1 | -1): Reduce {
  return (members, count, arena) => {
    const best = arena.floats(count).fill(Number.NaN, 0, count);
    for (const { values, present } of members) {
      for (let k = 0; k < count; k += 1) {
        if (present[k] === 0) continue;
        const value = values[k]!;
        const winner = best[k]!;
        if (sign * value > sign * winner || Number.isNaN(winner)) best[k] = value;
      }
    }
    return best;
  };
}

/** For reductions that need all the values of a step at once. */
function gathered(finish: (values: readonly number[], parameter: number) => number): Reduce {
  return (members, count, arena, parameter) => {
    const out = arena.floats(count);
    for (let k = 0; k < count; k += 1) {
      const values: number[] = [];
      for (const column of members) if (column.present[k] === 1) values.push(column.values[k]!);
      out[k] = finish(values, parameter[k] ?? Number.NaN);
    }
    return out;
  };
}

function variance(values: readonly number[]): number {
  const spread = new Variance();
  for (const value of values) spread.add(value);
  return spread.value;
}

const reductions: Readonly<Partial<Record<Aggregation['op'], Reduce>>> = {
  sum,
  avg,
  count: counted,
  group: (_members, count, arena) => arena.floats(count).fill(1, 0, count),
  min: extreme(-1),
  max: extreme(1),
  stdvar: gathered(variance),
  stddev: gathered((values) => Math.sqrt(variance(values))),
  quantile: gathered((values, q) => quantileOf(q, values)),
};
