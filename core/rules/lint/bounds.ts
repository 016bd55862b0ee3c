import {
  type Aggregation,
  type Binary,
  type Call,
  type ComparisonOperator,
  type Expr,
  unwrap,
} from '../../promql/ast.ts';
import { metricNameOf } from '../../promql/matchers.ts';
import { typeOf } from '../../promql/typecheck.ts';
import { valuesOf } from './metrics.ts';

/** The smallest and the largest value that an expression can give; NaN aside. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

const ANY: Bounds = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
const NOT_NEGATIVE: Bounds = { low: 0, high: Number.POSITIVE_INFINITY };
const AT_LEAST_ONE: Bounds = { low: 1, high: Number.POSITIVE_INFINITY };
const ONE: Bounds = { low: 1, high: 1 };

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '>', '<', '>=', '<=']);
const FLIPPED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '==': '==',
  '!=': '!=',
  '>': '<',
  '<': '>',
  '>=': '<=',
  '<=': '>=',
};

export interface Comparison extends Binary {
  readonly op: ComparisonOperator;
}

export function isComparison(expr: Expr): expr is Comparison {
  return expr.kind === 'binary' && COMPARISONS.has(expr.op);
}

/** Whether the comparison holds for no values at all, or for all. */
export function verdict({ op, left, right }: Comparison): 'never' | 'always' | 'depends' {
  const a = boundsOf(left);
  const b = boundsOf(right);
  const verdicts: Readonly<Record<ComparisonOperator, readonly [never: boolean, always: boolean]>> = {
    '>': [a.high <= b.low, a.low > b.high],
    '>=': [a.high < b.low, a.low >= b.high],
    '<': [a.low >= b.high, a.high < b.low],
    '<=': [a.low > b.high, a.high <= b.low],
    '==': [a.high < b.low || a.low > b.high, isPoint(a) && isPoint(b) && a.low === b.low],
    '!=': [isPoint(a) && isPoint(b) && a.low === b.low, a.high < b.low || a.low > b.high],
  };
  const [never, always] = verdicts[op];
  return never ? 'never' : always ? 'always' : 'depends';
}

const isPoint = ({ low, high }: Bounds): boolean => low === high;

export function boundsOf(expr: Expr): Bounds {
  switch (expr.kind) {
    case 'number':
      return Number.isNaN(expr.value) ? ANY : { low: expr.value, high: expr.value };
    case 'string':
      return ANY;
    case 'selector': {
      const name = metricNameOf(expr.matchers);
      const [low, high] = name === undefined ? [ANY.low, ANY.high] : valuesOf(name);
      return { low, high };
    }
    case 'range':
      return boundsOf(expr.selector);
    case 'subquery':
    case 'paren':
      return boundsOf(expr.expr);
    case 'unary': {
      const { low, high } = boundsOf(expr.expr);
      return expr.op === '-' ? { low: -high, high: -low } : { low, high };
    }
    case 'aggregation':
      return aggregated(expr);
    case 'call':
      return called(expr);
    case 'binary':
      return isComparison(expr) ? compared(expr) : computed(expr);
  }
}

function aggregated({ op, expr, parameter }: Aggregation): Bounds {
  switch (op) {
    case 'sum':
      return summed(boundsOf(expr));
    case 'avg':
    case 'min':
    case 'max':
    case 'topk':
    case 'bottomk':
    case 'limitk':
    case 'limit_ratio':
      return boundsOf(expr);
    case 'quantile': {
      const q = parameter && unwrap(parameter);
      return q?.kind === 'number' && q.value >= 0 && q.value <= 1 ? boundsOf(expr) : ANY;
    }
    case 'count':
    case 'count_values':
      return AT_LEAST_ONE;
    case 'group':
      return ONE;
    case 'stddev':
    case 'stdvar':
      return NOT_NEGATIVE;
  }
}

/** Of one value or more. */
function summed({ low, high }: Bounds): Bounds {
  return { low: low >= 0 ? low : ANY.low, high: high <= 0 ? high : ANY.high };
}

const CALLS: Readonly<Record<string, Bounds>> = {
  ...Object.fromEntries(
    'rate increase irate changes resets abs sqrt stddev_over_time stdvar_over_time mad_over_time time timestamp'
      .split(' ')
      .map((name) => [name, NOT_NEGATIVE]),
  ),
  count_over_time: AT_LEAST_ONE,
  ...Object.fromEntries('absent absent_over_time present_over_time'.split(' ').map((name) => [name, ONE])),
  hour: { low: 0, high: 23 },
  minute: { low: 0, high: 59 },
  day_of_week: { low: 0, high: 6 },
  day_of_month: { low: 1, high: 31 },
  day_of_year: { low: 1, high: 366 },
  days_in_month: { low: 28, high: 31 },
  month: { low: 1, high: 12 },
};
/** Functions that give one of the values of their argument, or something between them. */
const AMONG: ReadonlySet<string> = new Set(
  (
    'vector scalar sort sort_desc sort_by_label sort_by_label_desc label_replace label_join avg_over_time min_over_time ' +
    'max_over_time last_over_time first_over_time'
  ).split(' '),
);

function called({ name, args }: Call): Bounds {
  const fixed = CALLS[name];
  if (fixed) return fixed;
  const [first] = args;
  if (!first) return ANY;
  if (AMONG.has(name)) return boundsOf(first);
  if (name === 'sum_over_time') return summed(boundsOf(first));
  const numbers = args.slice(1).map((arg) => boundsOf(arg));
  if (numbers.some((number) => !isPoint(number))) return ANY;
  const { low, high } = boundsOf(first);
  const [a = Number.NaN, b = Number.NaN] = numbers.map((number) => number.low);
  if (name === 'clamp_min') return { low: Math.max(low, a), high: Math.max(high, a) };
  if (name === 'clamp_max') return { low: Math.min(low, a), high: Math.min(high, a) };
  if (name === 'clamp' && a <= b) return { low: Math.min(Math.max(low, a), b), high: Math.max(Math.min(high, b), a) };
  return ANY;
}

/** A filter lets values of the vector through; with `bool` it gives 0 or 1. */
function compared({ op, left, right, returnBool }: Comparison): Bounds {
  if (returnBool) return { low: 0, high: 1 };
  const isFlipped = typeOf(left) === 'scalar';
  const a = boundsOf(isFlipped ? right : left);
  const b = boundsOf(isFlipped ? left : right);
  switch (isFlipped ? FLIPPED[op] : op) {
    case '>':
    case '>=':
      return { low: Math.max(a.low, b.low), high: a.high };
    case '<':
    case '<=':
      return { low: a.low, high: Math.min(a.high, b.high) };
    case '==':
      return { low: Math.max(a.low, b.low), high: Math.min(a.high, b.high) };
    case '!=':
      return a;
  }
}

function computed({ op, left, right, matching }: Binary): Bounds {
  const a = boundsOf(left);
  const b = boundsOf(right);
  if (op === 'and' || op === 'unless') return a;
  if (op === 'or') return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
  if (matching.fillLeft !== undefined || matching.fillRight !== undefined) return ANY;
  if (op === '+') return { low: a.low + b.low, high: a.high + b.high };
  if (op === '-') return { low: a.low - b.high, high: a.high - b.low };
  if (op === '*') return hull([a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]);
  if (op === '/' && isPoint(b) && b.low !== 0) return hull([a.low / b.low, a.high / b.low]);
  if (op === '/' && a.low >= 0 && b.low >= 0) return NOT_NEGATIVE;
  return ANY;
}

/** 0 times infinity is NaN: then nothing is known. */
function hull(values: readonly number[]): Bounds {
  return values.some(Number.isNaN) ? ANY : { low: Math.min(...values), high: Math.max(...values) };
}
