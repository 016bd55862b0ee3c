import { type Call, type MatrixSelector, type Subquery, unwrap } from '../ast.ts';
import { DEFAULT_SUBQUERY_STEP_MS } from '../engine.ts';
import { labelsOfSelector } from '../functions/absent.ts';
import { keyOfAll } from '../labels.ts';
import { countUntil, type Floats } from './column-store.ts';
import {
  type Arena,
  type Column,
  type Element,
  EMPTY,
  NotCovered,
  rivals,
  type Steps,
  type VectorOperator,
} from './columns.ts';
import { type Compiler, positive } from './compiler.ts';
import { absence } from './elements.ts';
import { type Kernel, kernels } from './windows.ts';

/** A range vector over a chunk: the samples of each series that any of its windows may hold. */
interface Matrix {
  readonly elements: readonly Element[];
  readonly rangeMs: number;
  readonly offsetMs: number;
  run(steps: Steps, arena: Arena): { readonly series: readonly Floats[]; readonly ordered: boolean };
}

/** Which argument is the range vector, and which a scalar. */
const ARGUMENTS: Readonly<Record<string, { readonly matrix: number; readonly scalar: number }>> = {
  quantile_over_time: { matrix: 1, scalar: 0 },
  predict_linear: { matrix: 0, scalar: 1 },
};

/** A function of a range vector; undefined: no such function is covered. */
export function rangeFunction(call: Call, compiler: Compiler): VectorOperator | undefined {
  if (call.name === 'absent_over_time') return absentOverTime(call, compiler);
  const kernel = kernels[call.name];
  if (!kernel) return undefined;
  const { matrix: index, scalar: scalarIndex } = ARGUMENTS[call.name] ?? { matrix: 0, scalar: -1 };
  const matrix = matrixOf(call, index, compiler);
  const parameter = call.args[scalarIndex];
  const scalar = parameter && compiler.scalar(parameter);
  return {
    elements: matrix.elements.map(({ labels, dropName }) => ({ labels, dropName: kernel.keepsName ? dropName : true })),
    run(steps, arena) {
      const { series, ordered } = matrix.run(steps, arena);
      const parameters = scalar?.(steps, arena) ?? EMPTY.values;
      return { columns: series.map((floats) => slide(kernel, floats, matrix, steps, parameters, arena)), ordered };
    },
  };
}

function absentOverTime(call: Call, compiler: Compiler): VectorOperator {
  const matrix = matrixOf(call, 0, compiler);
  const kernel = kernels.present_over_time;
  const [expr] = call.args;
  if (!kernel || !expr) throw new NotCovered(call.name);
  return absence(labelsOfSelector(expr), (steps, arena) => {
    const { series, ordered } = matrix.run(steps, arena);
    return { columns: series.map((floats) => slide(kernel, floats, matrix, steps, EMPTY.values, arena)), ordered };
  });
}

/** Moves the window over the samples of one series, step by step. */
function slide(
  { reduce, atLeast }: Kernel,
  floats: Floats,
  { rangeMs, offsetMs }: Matrix,
  { firstMs, stepMs, count }: Steps,
  parameters: Float64Array,
  arena: Arena,
): Column {
  const { times, length } = floats;
  const lastMs = firstMs + (count - 1) * stepMs - offsetMs;
  const beginMs = firstMs - offsetMs - rangeMs;
  if (length === 0 || times[0]! > lastMs || times[length - 1]! <= beginMs) return EMPTY;
  const values = arena.floats(count);
  const present = arena.bytes(count);
  const reduceWindow = reduce(floats);
  let from = countUntil(floats, beginMs);
  let to = from;
  let there = 0;
  for (let k = 0; k < count; k += 1) {
    const timeMs = firstMs + k * stepMs;
    const toMs = timeMs - offsetMs;
    const fromMs = toMs - rangeMs;
    while (from < length && times[from]! <= fromMs) from += 1;
    if (to < from) to = from;
    while (to < length && times[to]! <= toMs) to += 1;
    if (to - from >= atLeast) {
      values[k] = reduceWindow(from, to, fromMs, toMs, timeMs, parameters[k]!);
      present[k] = 1;
      there += 1;
    } else present[k] = 0;
  }
  return { values, present, count: there };
}

function matrixOf(call: Call, index: number, compiler: Compiler): Matrix {
  const expr = call.args[index];
  const inner = expr && unwrap(expr);
  if (inner?.kind === 'range') return selected(inner, compiler);
  if (inner?.kind === 'subquery') return subquery(inner, compiler);
  throw new NotCovered(`${call.name}() of no range`);
}

function selected(expr: MatrixSelector, compiler: Compiler): Matrix {
  if (expr.extension !== undefined) throw new NotCovered(expr.extension);
  const series = compiler.select(expr.selector);
  return {
    elements: series.map(({ labels }) => ({ labels, dropName: false })),
    rangeMs: positive(expr.range),
    offsetMs: compiler.offsetOf(expr.selector),
    run: () => ({ series: series.map(({ floats }) => floats), ordered: true }),
  };
}

/** The inner expression at all multiples of the resolution that any window of the chunk reaches. */
function subquery(expr: Subquery, compiler: Compiler): Matrix {
  const vector = compiler.vector(expr.expr);
  const rangeMs = positive(expr.range);
  const offsetMs = compiler.offsetOf(expr);
  const stepMs = expr.step === undefined ? DEFAULT_SUBQUERY_STEP_MS : positive(expr.step);
  if (rivals(vector.elements.map(({ labels }) => keyOfAll(labels))).length > 0)
    throw new NotCovered('a subquery of elements that may be one series');
  return {
    elements: vector.elements,
    rangeMs,
    offsetMs,
    run(steps, arena) {
      const beginMs = steps.firstMs - offsetMs - rangeMs;
      const endMs = steps.firstMs + (steps.count - 1) * steps.stepMs - offsetMs;
      const firstMs = (Math.floor(beginMs / stepMs) + 1) * stepMs;
      const count = Math.max(0, Math.floor((endMs - firstMs) / stepMs) + 1);
      if (count > MOST_STEPS) throw new NotCovered('a subquery this fine');
      const inner: Steps = { firstMs, stepMs, count };
      const { columns, ordered } = vector.run(inner, arena);
      const isEven = columns.every((column) => column.count === 0 || column.count === count);
      return { series: columns.map((column) => floatsOf(column, inner, arena)), ordered: ordered && isEven };
    },
  };
}

/** Beyond, the columns of a chunk would take more memory than they are worth. */
const MOST_STEPS = 1_000_000;

function floatsOf({ values, present, count: there }: Column, { firstMs, stepMs, count }: Steps, arena: Arena): Floats {
  if (there === 0) return { times: EMPTY.values, values: EMPTY.values, length: 0 };
  const floats = { times: arena.floats(there), values: arena.floats(there), length: 0 };
  for (let k = 0; k < count; k += 1) {
    if (present[k] === 0) continue;
    floats.times[floats.length] = firstMs + k * stepMs;
    floats.values[floats.length] = values[k]!;
    floats.length += 1;
  }
  return floats;
}
