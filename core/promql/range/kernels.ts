import { calculate } from '../arithmetic.ts';
import type { ArithmeticOperator, ComparisonOperator } from '../ast.ts';

/** The innermost loops: one operator over all steps of a chunk, whether the elements are present or not. */

/** `out[k] = a[k] op b[k]`. */
export function arithmetic(
  op: ArithmeticOperator,
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  count: number,
): void {
  switch (op) {
    case '+':
      for (let k = 0; k < count; k += 1) out[k] = a[k]! + b[k]!;
      return;
    case '-':
      for (let k = 0; k < count; k += 1) out[k] = a[k]! - b[k]!;
      return;
    case '*':
      for (let k = 0; k < count; k += 1) out[k] = a[k]! * b[k]!;
      return;
    case '/':
      for (let k = 0; k < count; k += 1) out[k] = a[k]! / b[k]!;
      return;
    case '%':
    case '^':
    case 'atan2':
      for (let k = 0; k < count; k += 1) out[k] = calculate(op, a[k]!, b[k]!);
  }
}

/** `out[k] = 1` where `a[k] op b[k]` holds and `present[k]`, else 0. @returns how many */
export function holds(
  op: ComparisonOperator,
  a: Float64Array,
  b: Float64Array,
  present: Uint8Array,
  out: Uint8Array,
  count: number,
): number {
  let held = 0;
  switch (op) {
    case '>':
      for (let k = 0; k < count; k += 1) held += out[k] = a[k]! > b[k]! ? present[k]! : 0;
      return held;
    case '<':
      for (let k = 0; k < count; k += 1) held += out[k] = a[k]! < b[k]! ? present[k]! : 0;
      return held;
    case '>=':
      for (let k = 0; k < count; k += 1) held += out[k] = a[k]! >= b[k]! ? present[k]! : 0;
      return held;
    case '<=':
      for (let k = 0; k < count; k += 1) held += out[k] = a[k]! <= b[k]! ? present[k]! : 0;
      return held;
    case '==':
      for (let k = 0; k < count; k += 1) held += out[k] = a[k]! === b[k]! ? present[k]! : 0;
      return held;
    case '!=':
      for (let k = 0; k < count; k += 1) held += out[k] = a[k]! !== b[k]! ? present[k]! : 0;
      return held;
  }
}

/** `out[k] = a[k] and b[k]`. @returns how many */
export function both(a: Uint8Array, b: Uint8Array, out: Uint8Array, count: number): number {
  let there = 0;
  for (let k = 0; k < count; k += 1) there += out[k] = a[k]! & b[k]!;
  return there;
}
