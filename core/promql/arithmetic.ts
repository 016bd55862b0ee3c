import type { ArithmeticOperator, BinaryOperator, ComparisonOperator } from './ast.ts';

export const COMPARISONS: ReadonlySet<BinaryOperator> = new Set(['==', '!=', '>', '<', '>=', '<=']);

export function isComparison(op: BinaryOperator): op is ComparisonOperator {
  return COMPARISONS.has(op);
}

/** IEEE 754 throughout: division by zero is an infinity or NaN; `%` has the sign of the dividend. */
export function calculate(op: ArithmeticOperator, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '^':
      // Go and C say that 1 to any power, and anything to the power 0, is 1, NaN included.
      return a === 1 ? 1 : a ** b;
    case 'atan2':
      return Math.atan2(a, b);
  }
}

export function compare(op: ComparisonOperator, a: number, b: number): boolean {
  switch (op) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '>':
      return a > b;
    case '<':
      return a < b;
    case '>=':
      return a >= b;
    case '<=':
      return a <= b;
  }
}
