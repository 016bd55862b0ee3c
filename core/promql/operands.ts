import type { Annotations } from './annotations.ts';
import { calculate, compare, isComparison } from './arithmetic.ts';
import type { ArithmeticOperator, Binary } from './ast.ts';
import { trimHistogram } from './histogram-trim.ts';
import { addHistograms, type Combined, divideBy, equalHistograms, scaleBy, subtractHistograms } from './histograms.ts';
import type { NativeHistogram } from './series.ts';

/** A float, or a histogram. */
export interface Operand {
  readonly value: number;
  readonly histogram: NativeHistogram | undefined;
}

export interface Outcome extends Operand {
  /** Whether a comparison held; true for all other operators. */
  readonly keep: boolean;
}

/** Applies a binary operator (set operators aside) to two samples; undefined: it has no meaning for them. */
export function operate(expr: Binary, left: Operand, right: Operand, annotations: Annotations): Outcome | undefined {
  const { op } = expr;
  if (left.histogram === undefined && right.histogram === undefined) {
    if (isComparison(op))
      return { value: left.value, histogram: undefined, keep: compare(op, left.value, right.value) };
    if (op !== '</' && op !== '>/') {
      return { value: calculate(op as ArithmeticOperator, left.value, right.value), histogram: undefined, keep: true };
    }
  }
  const histogram = withHistogram(expr, left, right, annotations);
  if (histogram) return { value: Number.NaN, histogram: histogram.result, keep: histogram.keep };
  return undefined;
}

function withHistogram(
  expr: Binary,
  left: Operand,
  right: Operand,
  annotations: Annotations,
): { result: NativeHistogram; keep: boolean } | undefined {
  const { op } = expr;
  const [a, b] = [left.histogram, right.histogram];
  const kept = (result: NativeHistogram | undefined): { result: NativeHistogram; keep: boolean } | undefined =>
    result && { result, keep: true };
  if (a && b) {
    if (op === '+') return kept(combined(addHistograms(a, b), 'addition', expr, annotations));
    if (op === '-') return kept(combined(subtractHistograms(a, b), 'subtraction', expr, annotations));
    if (op === '==') return { result: a, keep: equalHistograms(a, b) };
    if (op === '!=') return { result: a, keep: !equalHistograms(a, b) };
  } else if (a) {
    if (op === '*') return kept(scaleBy(a, right.value));
    if (op === '/') return kept(divideBy(a, right.value));
    if (op === '</' || op === '>/') return kept(trimHistogram(a, op, right.value));
  } else if (b && op === '*') return kept(scaleBy(b, left.value));
  const kind = (histogram: NativeHistogram | undefined): string => (histogram ? 'histogram' : 'float');
  annotations.info(
    `incompatible sample types encountered for binary operator "${op}": ${kind(a)} ${op} ${kind(b)}`,
    expr,
  );
  return undefined;
}

/** Tells what combining two histograms met. */
export function combined(
  outcome: Combined,
  operation: 'addition' | 'subtraction' | 'aggregation',
  at: { readonly start: number },
  annotations: Annotations,
): NativeHistogram | undefined {
  if (outcome.problem === 'incompatible') {
    annotations.warn('vector contains a mix of histograms with exponential and custom buckets schemas', at);
  }
  if (outcome.problem === 'reset-collision') {
    annotations.warn(`conflicting counter resets during histogram ${operation}`, at);
  }
  if (outcome.reconciled) {
    annotations.info(`mismatched custom buckets were reconciled during histogram ${operation}`, at);
  }
  return outcome.histogram;
}
