import type { Labels } from '../../metrics/model.ts';
import { isComparison } from '../arithmetic.ts';
import type { ArithmeticOperator, Binary } from '../ast.ts';
import { keyOfAll } from '../labels.ts';
import { resultLabels } from '../matching.ts';
import { matchKey } from '../set-operators.ts';
import {
  type Arena,
  type Column,
  type Element,
  EMPTY,
  NotCovered,
  positions,
  refuseOverlap,
  rivals,
  type ScalarOperator,
  type VectorOperator,
} from './columns.ts';
import { arithmetic, both, holds } from './kernels.ts';

/** A vector and a scalar, which is on the left or on the right. */
export function withScalar(
  expr: Binary,
  vector: VectorOperator,
  scalar: ScalarOperator,
  scalarIsLeft: boolean,
): VectorOperator {
  const { op, returnBool } = expr;
  const isFilter = isComparison(op) && !returnBool;
  return {
    elements: isFilter ? vector.elements : vector.elements.map(({ labels }) => ({ labels, dropName: true })),
    run(steps, arena) {
      const { columns, ordered } = vector.run(steps, arena);
      if (columns.every(({ count }) => count === 0)) return { columns, ordered };
      const other = scalar(steps, arena);
      const combined = columns.map((column) => {
        if (column.count === 0) return EMPTY;
        const [a, b] = scalarIsLeft ? [other, column.values] : [column.values, other];
        return combine(expr, a, b, column.values, column.present, column.count, steps.count, arena);
      });
      return { columns: combined, ordered };
    },
  };
}

/** `kept`: the values of a comparison that only filters. */
function combine(
  { op, returnBool }: Binary,
  a: Float64Array,
  b: Float64Array,
  kept: Float64Array,
  present: Uint8Array,
  there: number,
  count: number,
  arena: Arena,
): Column {
  if (!isComparison(op)) {
    const values = arena.floats(count);
    arithmetic(op as ArithmeticOperator, a, b, values, count);
    return { values, present, count: there };
  }
  const held = arena.bytes(count);
  const number = holds(op, a, b, present, held, count);
  if (!returnBool) return number === 0 ? EMPTY : { values: kept, present: held, count: number };
  const values = arena.floats(count);
  for (let k = 0; k < count; k += 1) values[k] = held[k]!;
  return { values, present, count: there };
}

interface Pair extends Element {
  readonly many: number;
  readonly one: number;
}

/** Arithmetic and comparison between two vectors, the pairs found once. */
export function vectorBinary(expr: Binary, left: VectorOperator, right: VectorOperator): VectorOperator {
  const { matching, returnBool } = expr;
  if (matching.fillLeft !== undefined || matching.fillRight !== undefined) throw new NotCovered('fill');
  const oneIsLeft = matching.cardinality === 'one-to-many';
  const [many, one] = oneIsLeft ? [right, left] : [left, right];
  const keyOf = ({ labels }: Element): string => matchKey(matching, labels);
  const oneKeys = one.elements.map(keyOf);
  const byKey = positions(oneKeys);
  const ids: string[] = [];
  const pairs: Pair[] = many.elements.flatMap((element, i) => {
    const key = keyOf(element);
    return (byKey.get(key) ?? []).map((j) => {
      const labels: Labels = resultLabels(expr, element.labels, one.elements[j]!.labels);
      ids.push(matching.cardinality === 'one-to-one' ? key : `${key}\u0002${keyOfAll(labels)}`);
      return { many: i, one: j, labels, dropName: returnBool || element.dropName };
    });
  });
  const ambiguous = rivals(oneKeys);
  const duplicates = rivals(ids);
  return {
    elements: pairs,
    run(steps, arena) {
      const { count } = steps;
      const [l, r] = [left.run(steps, arena), right.run(steps, arena)];
      const [manyBlock, oneBlock] = oneIsLeft ? [r, l] : [l, r];
      refuseOverlap(oneBlock.columns, ambiguous, count);
      const columns = pairs.map((pair) => {
        const [m, o] = [manyBlock.columns[pair.many]!, oneBlock.columns[pair.one]!];
        if (m.count === 0 || o.count === 0) return EMPTY;
        let { present, count: there } = m.count === count ? o : m;
        if (m.count < count && o.count < count) {
          const together = arena.bytes(count);
          there = both(m.present, o.present, together, count);
          present = together;
        }
        if (there === 0) return EMPTY;
        const [a, b] = oneIsLeft ? [o.values, m.values] : [m.values, o.values];
        return combine(expr, a, b, a, present, there, count, arena);
      });
      refuseOverlap(columns, duplicates, count);
      return { columns, ordered: manyBlock.ordered };
    },
  };
}

/** `and`, `or`, `unless`. */
export function setOperator({ op, matching }: Binary, left: VectorOperator, right: VectorOperator): VectorOperator {
  const isOr = op === 'or';
  // The side whose elements are asked whether the other has any of their key.
  const [asking, asked] = isOr ? [right, left] : [left, right];
  const byKey = positions(asked.elements.map(({ labels }) => matchKey(matching, labels)));
  const partners = asking.elements.map(({ labels }) => byKey.get(matchKey(matching, labels)) ?? []);
  const wanted = op === 'and' ? 1 : 0;
  return {
    elements: isOr ? [...left.elements, ...right.elements] : left.elements,
    run(steps, arena) {
      const { count } = steps;
      const [l, r] = [left.run(steps, arena), right.run(steps, arena)];
      const [mine, theirs] = isOr ? [r, l] : [l, r];
      const columns = mine.columns.map((column, i) => {
        const others = partners[i]!.map((j) => theirs.columns[j]!).filter((other) => other.count > 0);
        if (column.count === 0 || (others.length === 0 && wanted === 1)) return EMPTY;
        if (others.length === 0) return column;
        const present = arena.bytes(count);
        let there = 0;
        for (let k = 0; k < count; k += 1) {
          let any = 0;
          for (const other of others) any |= other.present[k]!;
          there += present[k] = any === wanted ? column.present[k]! : 0;
        }
        return { values: column.values, present, count: there };
      });
      const ordered = l.ordered && (!isOr || r.ordered);
      return { columns: isOr ? [...l.columns, ...columns] : columns, ordered };
    },
  };
}
