import type { Call, Expr } from '../ast.ts';
import { unwrap } from '../ast.ts';
import { labelsOfSelector } from '../functions/absent.ts';
import { dateParts } from '../functions/dates.ts';
import { joined, replaced } from '../functions/labels.ts';
import { clampBetween, elementWise, roundTo } from '../functions/math.ts';
import { keyOfAll, NO_LABELS, withLabel } from '../labels.ts';
import { histogramQuantile } from './classic-quantile.ts';
import {
  type Arena,
  allPresent,
  type Block,
  type Element,
  EMPTY,
  NotCovered,
  refuseOverlap,
  rivals,
  type ScalarOperator,
  type Steps,
  type VectorOperator,
} from './columns.ts';
import { type Compiler, text } from './compiler.ts';
import { instantSelector } from './selector.ts';

type Make = (call: Call, compiler: Compiler) => VectorOperator;

/** A function of instant vectors; undefined: no such function is covered. */
export function elementFunction(call: Call, compiler: Compiler): VectorOperator | undefined {
  const change = elementWise[call.name];
  if (change) return mapped(argument(call, 0, compiler), [], change);
  const part = dateParts[call.name];
  if (part) return dates(call, part, compiler);
  return functions[call.name]?.(call, compiler);
}

function given(call: Call, i: number): Expr {
  const expr = call.args[i];
  if (!expr) throw new NotCovered(`${call.name}() without argument ${i + 1}`);
  return expr;
}

function argument(call: Call, i: number, compiler: Compiler): VectorOperator {
  return compiler.vector(given(call, i));
}

/** One value for each value; `scalars` are further arguments, a value a step. */
function mapped(
  vector: VectorOperator,
  scalars: readonly ScalarOperator[],
  change: (value: number, first: number, second: number) => number,
): VectorOperator {
  return {
    elements: vector.elements.map(({ labels }) => ({ labels, dropName: true })),
    run(steps, arena) {
      const { columns, ordered } = vector.run(steps, arena);
      const [first, second] = scalars.map((scalar) => scalar(steps, arena));
      const changed = columns.map((column) => {
        if (column.count === 0) return EMPTY;
        const values = arena.floats(steps.count);
        for (let k = 0; k < steps.count; k += 1)
          values[k] = change(column.values[k]!, first?.[k] ?? 0, second?.[k] ?? 0);
        return { ...column, values };
      });
      return { columns: changed, ordered };
    },
  };
}

/** One element that is there at every step. */
function everywhere(values: ScalarOperator): VectorOperator {
  return {
    elements: [{ labels: NO_LABELS, dropName: false }],
    run: (steps, arena) => ({
      columns: [{ values: values(steps, arena), present: allPresent(steps.count), count: steps.count }],
      ordered: true,
    }),
  };
}

function dates(call: Call, part: (date: Date) => number, compiler: Compiler): VectorOperator {
  if (call.args[0]) return mapped(argument(call, 0, compiler), [], (value) => part(new Date(Math.trunc(value) * 1000)));
  return everywhere((steps, arena) => {
    const values = arena.floats(steps.count);
    for (let k = 0; k < steps.count; k += 1) values[k] = part(new Date(steps.firstMs + k * steps.stepMs));
    return values;
  });
}

/** The element that is there where none of the blocks' elements is. */
export function absence(labels: Element['labels'], run: (steps: Steps, arena: Arena) => Block): VectorOperator {
  return {
    elements: [{ labels, dropName: false }],
    run(steps, arena) {
      const { count } = steps;
      const { columns } = run(steps, arena);
      if (columns.some((column) => column.count === count)) return { columns: [EMPTY], ordered: true };
      const present = arena.bytes(count).fill(1, 0, count);
      for (const column of columns) {
        if (column.count > 0) for (let k = 0; k < count; k += 1) present[k] = present[k]! & (1 - column.present[k]!);
      }
      let number = 0;
      for (let k = 0; k < count; k += 1) number += present[k]!;
      return { columns: [{ values: arena.floats(count).fill(1, 0, count), present, count: number }], ordered: true };
    },
  };
}

/** Other labels for each element. */
function relabelled(
  vector: VectorOperator,
  name: string,
  labelOf: (element: Element) => string | undefined,
): VectorOperator {
  const elements = vector.elements.map((element): Element => {
    const value = labelOf(element);
    if (value === undefined) return element;
    return {
      labels: withLabel(element.labels, name, value),
      dropName: name === '__name__' ? false : element.dropName,
    };
  });
  const same = rivals(elements.map(({ labels }) => keyOfAll(labels)));
  return {
    elements,
    run(steps, arena) {
      const block = vector.run(steps, arena);
      refuseOverlap(block.columns, same, steps.count);
      return block;
    },
  };
}

/** Sorting changes nothing but the order. */
function sorted(call: Call, compiler: Compiler): VectorOperator {
  const { elements, run } = argument(call, 0, compiler);
  return { elements, run: (steps, arena) => ({ columns: run(steps, arena).columns, ordered: false }) };
}

const functions: Readonly<Record<string, Make>> = {
  round: (call, compiler) => {
    const to = call.args[1] ? compiler.scalar(call.args[1]) : undefined;
    const vector = argument(call, 0, compiler);
    return to ? mapped(vector, [to], roundTo) : mapped(vector, [], (value) => roundTo(value, 1));
  },
  clamp_min: (call, compiler) =>
    mapped(argument(call, 0, compiler), [compiler.scalar(given(call, 1))], (value, low) => Math.max(low, value)),
  clamp_max: (call, compiler) =>
    mapped(argument(call, 0, compiler), [compiler.scalar(given(call, 1))], (value, high) => Math.min(high, value)),
  clamp: (call, compiler) => {
    const [low, high] = [given(call, 1), given(call, 2)];
    // Limits the wrong way round give an empty vector.
    if (low.kind !== 'number' || high.kind !== 'number' || low.value > high.value) throw new NotCovered('clamp()');
    return mapped(argument(call, 0, compiler), [], (value) => clampBetween(value, low.value, high.value));
  },
  vector: (call, compiler) => everywhere(compiler.scalar(given(call, 0))),
  absent: (call, compiler) => {
    const vector = argument(call, 0, compiler);
    return absence(labelsOfSelector(given(call, 0)), (steps, arena) => vector.run(steps, arena));
  },
  timestamp: (call, compiler) => {
    const inner = unwrap(given(call, 0));
    if (inner.kind === 'selector') return instantSelector(inner, compiler, true);
    throw new NotCovered('timestamp() of an expression');
  },
  sort: sorted,
  sort_desc: sorted,
  sort_by_label: sorted,
  sort_by_label_desc: sorted,
  label_replace: (call, compiler) => {
    const [target, replacement, source, pattern] = [1, 2, 3, 4].map((i) => text(call.args[i])) as [
      string,
      string,
      string,
      string,
    ];
    const value = replaced(pattern, replacement);
    if (target === '') throw new NotCovered('a label_replace() that is wrong');
    return relabelled(argument(call, 0, compiler), target, ({ labels }) => value(labels[source] ?? ''));
  },
  label_join: (call, compiler) => {
    const [target = '', separator = '', ...sources] = call.args.slice(1).map(text);
    if (target === '') throw new NotCovered('a label_join() that is wrong');
    return relabelled(argument(call, 0, compiler), target, ({ labels }) => joined(labels, separator, sources));
  },
  histogram_quantile: (call, compiler) =>
    histogramQuantile(compiler.scalar(given(call, 0)), argument(call, 1, compiler)),
};
