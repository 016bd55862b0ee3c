import { isComparison } from '../arithmetic.ts';
import { type Binary, type Call, type Expr, type TimeModifiers, unwrap, type VectorSelector } from '../ast.ts';
import { typeOf } from '../typecheck.ts';
import { aggregation } from './aggregation.ts';
import { setOperator, vectorBinary, withScalar } from './binary.ts';
import type { ColumnSeries, ColumnStore } from './column-store.ts';
import { allPresent, NotCovered, type ScalarOperator, type VectorOperator } from './columns.ts';
import { elementFunction } from './elements.ts';
import { arithmetic, holds } from './kernels.ts';
import { rangeFunction } from './ranges.ts';
import { instantSelector } from './selector.ts';

/**
 * Turns an expression into operators that each take a whole chunk of steps. What depends on the series only (selection,
 * vector matching, grouping, resulting labels) is done here, once.
 * @throws NotCovered for what only the engine that takes one step at a time can do
 */
export class Compiler {
  readonly lookbackMs: number;
  readonly #store: ColumnStore;

  constructor(store: ColumnStore, lookbackMs: number) {
    this.#store = store;
    this.lookbackMs = lookbackMs;
  }

  select(selector: VectorSelector): readonly ColumnSeries[] {
    if (selector.smoothed) throw new NotCovered('smoothed');
    const series = this.#store.select(selector.matchers);
    if (series.some(({ histograms }) => histograms.size > 0)) throw new NotCovered('native histograms');
    return series;
  }

  offsetOf({ at, offset }: TimeModifiers): number {
    if (at !== undefined) throw new NotCovered('@');
    return constant(offset);
  }

  vector(expr: Expr): VectorOperator {
    switch (expr.kind) {
      case 'selector':
        return instantSelector(expr, this);
      case 'paren':
        return this.vector(expr.expr);
      case 'unary':
        return expr.op === '-' ? negated(this.vector(expr.expr)) : this.vector(expr.expr);
      case 'binary':
        return this.#binary(expr);
      case 'aggregation':
        return aggregation(expr, this);
      case 'call':
        return rangeFunction(expr, this) ?? elementFunction(expr, this) ?? notCovered(expr);
      case 'number':
      case 'string':
      case 'range':
      case 'subquery':
    }
    throw new NotCovered(`a ${expr.kind} as a vector`);
  }

  #binary(expr: Binary): VectorOperator {
    const { op, left, right } = expr;
    if (op === '</' || op === '>/') throw new NotCovered(op);
    if (typeOf(left) === 'scalar') return withScalar(expr, this.vector(right), this.scalar(left), true);
    if (typeOf(right) === 'scalar') return withScalar(expr, this.vector(left), this.scalar(right), false);
    const sides = [this.vector(left), this.vector(right)] as const;
    return op === 'and' || op === 'or' || op === 'unless' ? setOperator(expr, ...sides) : vectorBinary(expr, ...sides);
  }

  scalar(expr: Expr): ScalarOperator {
    switch (expr.kind) {
      case 'number':
        return (steps, arena) => arena.floats(steps.count).fill(expr.value);
      case 'paren':
        return this.scalar(expr.expr);
      case 'unary': {
        const inner = this.scalar(expr.expr);
        return expr.op === '-' ? (steps, arena) => mapped(inner(steps, arena), (value) => -value) : inner;
      }
      case 'binary':
        return scalarBinary(expr, this.scalar(expr.left), this.scalar(expr.right));
      case 'call':
        return this.#scalarCall(expr);
      case 'string':
      case 'selector':
      case 'range':
      case 'subquery':
      case 'aggregation':
    }
    throw new NotCovered(`a ${expr.kind} as a scalar`);
  }

  #scalarCall(call: Call): ScalarOperator {
    const [first] = call.args;
    if (call.name === 'pi') return (steps, arena) => arena.floats(steps.count).fill(Math.PI);
    if (call.name === 'time') {
      return (steps, arena) => {
        const out = arena.floats(steps.count);
        for (let k = 0; k < steps.count; k += 1) out[k] = (steps.firstMs + k * steps.stepMs) / 1000;
        return out;
      };
    }
    if (call.name === 'scalar' && first) return onlyElement(this.vector(first));
    throw new NotCovered(`${call.name}()`);
  }
}

function notCovered(call: Call): never {
  throw new NotCovered(`${call.name}()`);
}

/** A duration that does not depend on the query. */
export function constant(duration: unknown): number {
  if (typeof duration !== 'number') throw new NotCovered('durations that depend on the query');
  return duration;
}

/** A range or a step. */
export function positive(duration: unknown): number {
  const ms = constant(duration);
  if (!(ms > 0)) throw new NotCovered('a duration that is not positive');
  return ms;
}

/** Text of a string argument. */
export function text(expr: Expr | undefined): string {
  const inner = expr && unwrap(expr);
  if (inner?.kind !== 'string') throw new NotCovered('an argument that is no string');
  return inner.value;
}

function mapped(values: Float64Array, change: (value: number) => number): Float64Array {
  for (let k = 0; k < values.length; k += 1) values[k] = change(values[k]!);
  return values;
}

function scalarBinary({ op }: Binary, left: ScalarOperator, right: ScalarOperator): ScalarOperator {
  if (op === 'and' || op === 'or' || op === 'unless' || op === '</' || op === '>/') throw new NotCovered(op);
  return (steps, arena) => {
    const { count } = steps;
    const [a, b, out] = [left(steps, arena), right(steps, arena), arena.floats(count)];
    if (isComparison(op)) {
      const held = arena.bytes(count);
      holds(op, a, b, allPresent(count), held, count);
      for (let k = 0; k < count; k += 1) out[k] = held[k]!;
    } else arithmetic(op, a, b, out, count);
    return out;
  };
}

/** `scalar()`: the only float of a vector, NaN when there are none or several. */
function onlyElement(vector: VectorOperator): ScalarOperator {
  return (steps, arena) => {
    const { count } = steps;
    const seen = arena.bytes(count).fill(0);
    const out = arena.floats(count).fill(Number.NaN);
    for (const { values, present, count: there } of vector.run(steps, arena).columns) {
      if (there === 0) continue;
      for (let k = 0; k < count; k += 1) {
        if (present[k] === 0) continue;
        out[k] = seen[k] === 0 ? values[k]! : Number.NaN;
        seen[k] = 1;
      }
    }
    return out;
  };
}

function negated(vector: VectorOperator): VectorOperator {
  return {
    elements: vector.elements.map(({ labels }) => ({ labels, dropName: true })),
    run(steps, arena) {
      const { columns, ordered } = vector.run(steps, arena);
      const negatives = columns.map((column) => {
        if (column.count === 0) return column;
        const values = arena.floats(steps.count);
        for (let k = 0; k < steps.count; k += 1) values[k] = -column.values[k]!;
        return { ...column, values };
      });
      return { columns: negatives, ordered };
    },
  };
}
