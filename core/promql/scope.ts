import type { Annotations } from './annotations.ts';
import type { Call, Expr } from './ast.ts';
import type { Matrix, Vector } from './values.ts';

/** What an operator or a function sees of the evaluation it is part of. */
export interface Scope {
  /** The time of this evaluation; within a subquery that of its step. */
  readonly timeMs: number;
  /** The query's own times: equal for an instant query, whose step is 0. */
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly annotations: Annotations;
  scalar(expr: Expr): number;
  string(expr: Expr): string;
  vector(expr: Expr): Vector;
  /** `isCounter` matters to `smoothed` ranges: it says what a fall of the value means. */
  matrix(expr: Expr, isCounter?: boolean): Matrix;
  /** The window `(fromMs, toMs]` at which a range vector's samples were looked for. */
  window(expr: Expr): { readonly fromMs: number; readonly toMs: number };
  /** Like `vector`, but of a plain selector the values are the times (s) of the samples. */
  timestamps(expr: Expr): Vector;
}

export type VectorFunction = (call: Call, scope: Scope) => Vector;
export type ScalarFunction = (call: Call, scope: Scope) => number;

/** The `i`-th argument; the type checker has made sure that it is there. */
export function argument(call: Call, i: number): Expr {
  const expr = call.args[i];
  if (!expr) throw new RangeError(`${call.name}() has no argument ${i + 1}`);
  return expr;
}
