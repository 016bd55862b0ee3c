import { calculate, compare, isComparison } from './arithmetic.ts';
import type { ArithmeticOperator, Binary } from './ast.ts';
import { scaleBy } from './histograms.ts';
import { matchVectors } from './matching.ts';
import { type Operand, operate } from './operands.ts';
import type { Scope } from './scope.ts';
import { evaluateSetOperator } from './set-operators.ts';
import { typeOf } from './typecheck.ts';
import { floatSample, histogramSample, type Vector, type VectorSample } from './values.ts';

/** A binary operator between two scalars. */
export function evaluateScalarBinary(expr: Binary, scope: Scope): number {
  const left = scope.scalar(expr.left);
  const right = scope.scalar(expr.right);
  return isComparison(expr.op)
    ? Number(compare(expr.op, left, right))
    : calculate(expr.op as ArithmeticOperator, left, right);
}

/** A binary operator with an instant vector on at least one side. */
export function evaluateVectorBinary(expr: Binary, scope: Scope): Vector {
  if (typeOf(expr.left) === 'scalar') {
    return withScalar(
      expr,
      scope.vector(expr.right),
      { value: scope.scalar(expr.left), histogram: undefined },
      scope,
      true,
    );
  }
  if (typeOf(expr.right) === 'scalar') {
    return withScalar(
      expr,
      scope.vector(expr.left),
      { value: scope.scalar(expr.right), histogram: undefined },
      scope,
      false,
    );
  }
  const [left, right] = [scope.vector(expr.left), scope.vector(expr.right)];
  if (expr.op === 'and' || expr.op === 'or' || expr.op === 'unless') return evaluateSetOperator(expr, left, right);
  return matchVectors(expr, left, right, scope);
}

function withScalar(expr: Binary, vector: Vector, scalar: Operand, scope: Scope, scalarIsLeft: boolean): Vector {
  const { op, returnBool } = expr;
  const comparison = isComparison(op);
  const result: VectorSample[] = [];
  for (const sample of vector) {
    if (sample.histogram === undefined && comparison) {
      const held = scalarIsLeft ? compare(op, scalar.value, sample.value) : compare(op, sample.value, scalar.value);
      if (returnBool) result.push(floatSample(sample.labels, Number(held), true));
      else if (held) result.push(sample);
      continue;
    }
    const outcome = scalarIsLeft
      ? operate(expr, scalar, sample, scope.annotations)
      : operate(expr, sample, scalar, scope.annotations);
    if (!outcome) continue;
    result.push(
      outcome.histogram
        ? histogramSample(sample.labels, outcome.histogram, keepsName(op) ? sample.dropName : true)
        : floatSample(sample.labels, outcome.value, true),
    );
  }
  return result;
}

/** Trimming leaves a histogram what it was; arithmetic makes something else of it. */
function keepsName(op: Binary['op']): boolean {
  return op === '</' || op === '>/';
}

/** `-vector`. */
export function negate(vector: Vector): Vector {
  return vector.map((sample) =>
    sample.histogram
      ? histogramSample(sample.labels, scaleBy(sample.histogram, -1), true)
      : floatSample(sample.labels, -sample.value, true),
  );
}
