import type { Matcher } from './matchers.ts';

/**
 * PromQL as a typed tree. Every node knows where it stands in the text: `start` and `end` are offsets of characters
 * (`end` exclusive), so that errors and annotations can point at it.
 */

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

interface Positioned {
  readonly start: number;
  readonly end: number;
}

export interface NumberLiteral extends Positioned {
  readonly kind: 'number';
  readonly value: number;
}

export interface StringLiteral extends Positioned {
  readonly kind: 'string';
  readonly value: string;
}

/** A duration in milliseconds, or an expression that depends on the query's step or range. */
export type Duration = number | DurationExpression;

export type DurationExpression =
  | { readonly kind: 'step' }
  | { readonly kind: 'range' }
  | { readonly kind: 'negate'; readonly operand: Duration }
  | { readonly kind: 'call'; readonly name: 'min_of' | 'max_of'; readonly left: Duration; readonly right: Duration }
  | { readonly kind: 'operation'; readonly op: ArithmeticOperator; readonly left: Duration; readonly right: Duration };

/** `@ 1700000000.5` (in ms), `@ start()`, `@ end()`. */
export type AtModifier = number | 'start' | 'end';

/** What `offset` and `@` say about the time at which a selector or a subquery looks. */
export interface TimeModifiers {
  readonly offset: Duration;
  readonly at: AtModifier | undefined;
}

export interface VectorSelector extends Positioned, TimeModifiers {
  readonly kind: 'selector';
  /** All matchers, that of `__name__` included. */
  readonly matchers: readonly Matcher[];
  /** Interpolated between the samples before and after. */
  readonly smoothed?: true;
}

export interface MatrixSelector extends Positioned {
  readonly kind: 'range';
  readonly selector: VectorSelector;
  readonly range: Duration;
  /** `smoothed` interpolates at both ends of the range, `anchored` takes the samples nearest to them. */
  readonly extension?: 'smoothed' | 'anchored';
}

export interface Subquery extends Positioned, TimeModifiers {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly range: Duration;
  /** Absent: the default resolution, one minute. */
  readonly step: Duration | undefined;
}

export interface Unary extends Positioned {
  readonly kind: 'unary';
  readonly op: '+' | '-';
  readonly expr: Expr;
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type ComparisonOperator = '==' | '!=' | '>' | '<' | '>=' | '<=';
export type TrimOperator = '</' | '>/';
export type SetOperator = 'and' | 'or' | 'unless';
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | TrimOperator | SetOperator;

export interface VectorMatching {
  readonly cardinality: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';
  /** True: match `on` exactly these labels; false: on all but these (`ignoring`, and the default). */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels copied from the "one" side by `group_left(...)` or `group_right(...)`. */
  readonly include: readonly string[];
  /** Values that stand in for a missing partner, by side. */
  readonly fillLeft?: number;
  readonly fillRight?: number;
}

export interface Binary extends Positioned {
  readonly kind: 'binary';
  readonly op: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
  readonly returnBool: boolean;
  readonly matching: VectorMatching;
}

export type AggregationOperator =
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'count'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'quantile'
  | 'count_values'
  | 'topk'
  | 'bottomk'
  | 'limitk'
  | 'limit_ratio';

export interface Aggregation extends Positioned {
  readonly kind: 'aggregation';
  readonly op: AggregationOperator;
  readonly expr: Expr;
  /** `k` of topk, `q` of quantile, the label of count_values, ... */
  readonly parameter: Expr | undefined;
  readonly grouping: readonly string[];
  /** True: group by all labels but `grouping`. */
  readonly without: boolean;
}

export interface Call extends Positioned {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
}

export interface Paren extends Positioned {
  readonly kind: 'paren';
  readonly expr: Expr;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Unary
  | Binary
  | Aggregation
  | Call
  | Paren;

/** Without the parentheses around it. */
export function unwrap(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.expr;
  return inner;
}

/** The expressions directly below one. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return [];
    case 'range':
      return [expr.selector];
    case 'subquery':
    case 'unary':
    case 'paren':
      return [expr.expr];
    case 'binary':
      return [expr.left, expr.right];
    case 'aggregation':
      return expr.parameter ? [expr.parameter, expr.expr] : [expr.expr];
    case 'call':
      return expr.args;
  }
}

/** All nodes of the tree, parents before children. */
export function* walk(expr: Expr): Generator<Expr> {
  yield expr;
  for (const child of children(expr)) yield* walk(child);
}
