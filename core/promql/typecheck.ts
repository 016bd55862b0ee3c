import { type Aggregation, type Binary, type Call, type Expr, unwrap, type ValueType } from './ast.ts';
import { PromqlSyntaxError } from './errors.ts';
import { argumentType, arity, signatures } from './signatures.ts';

const SET_OPERATORS = new Set(['and', 'or', 'unless']);
const COMPARISONS = new Set(['==', '!=', '>', '<', '>=', '<=']);

const NAMES: Readonly<Record<ValueType, string>> = {
  scalar: 'a scalar',
  vector: 'an instant vector',
  matrix: 'a range vector',
  string: 'a string',
};

/** The type an expression evaluates to. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
    case 'aggregation':
      return 'vector';
    case 'range':
    case 'subquery':
      return 'matrix';
    case 'unary':
    case 'paren':
      return typeOf(expr.expr);
    case 'binary':
      return typeOf(expr.left) === 'scalar' && typeOf(expr.right) === 'scalar' ? 'scalar' : 'vector';
    case 'call':
      return signatures[expr.name]?.returns ?? 'vector';
  }
}

/** Throws a PromqlSyntaxError at the first node whose parts do not fit. `text` is the query, for positions. */
export function checkTypes(expr: Expr, text: string): void {
  const expect = (part: Expr, type: ValueType, where: string): void => {
    checkTypes(part, text);
    const got = typeOf(part);
    if (got === type) return;
    throw new PromqlSyntaxError(
      `${where} must be ${NAMES[type]}, got ${NAMES[got]}${hint(type, got)}`,
      text,
      part.start,
    );
  };
  switch (expr.kind) {
    case 'paren':
      checkTypes(expr.expr, text);
      break;
    case 'unary': {
      checkTypes(expr.expr, text);
      const type = typeOf(expr.expr);
      if (type !== 'scalar' && type !== 'vector') {
        throw new PromqlSyntaxError(
          `unary ${expr.op} takes a scalar or an instant vector, got ${NAMES[type]}`,
          text,
          expr.start,
        );
      }
      break;
    }
    case 'subquery':
      expect(expr.expr, 'vector', 'the expression of a subquery');
      break;
    case 'aggregation':
      checkAggregation(expr, expect);
      break;
    case 'call':
      checkCall(expr, text, expect);
      break;
    case 'binary':
      checkBinary(expr, text);
      break;
    case 'number':
    case 'string':
    case 'selector':
    case 'range':
  }
}

type Expect = (part: Expr, type: ValueType, where: string) => void;

function hint(wanted: ValueType, got: ValueType): string {
  if (wanted === 'matrix' && got === 'vector') return ': add a range such as [5m]';
  if (wanted === 'vector' && got === 'matrix') return ': wrap it in a function such as rate(), or remove the range';
  if (wanted === 'vector' && got === 'scalar') return ': wrap it in vector()';
  if (wanted === 'scalar' && got === 'vector') return ': wrap it in scalar()';
  return '';
}

function checkAggregation(expr: Aggregation, expect: Expect): void {
  if (expr.parameter) {
    expect(expr.parameter, expr.op === 'count_values' ? 'string' : 'scalar', `the parameter of ${expr.op}`);
  }
  expect(expr.expr, 'vector', `the argument of ${expr.op}`);
}

function checkCall(expr: Call, text: string, expect: Expect): void {
  const signature = signatures[expr.name];
  if (!signature) throw new PromqlSyntaxError(`unknown function ${expr.name}`, text, expr.start);
  const { least, most } = arity(signature);
  if (expr.args.length < least || expr.args.length > most) {
    const wanted =
      least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `${least}+` : `${least} to ${most}`;
    throw new PromqlSyntaxError(
      `${expr.name}() takes ${wanted} argument${wanted === '1' ? '' : 's'}, got ${expr.args.length}`,
      text,
      expr.start,
    );
  }
  expr.args.forEach((arg, i) => {
    checkExtension(expr.name, arg, text);
    expect(arg, argumentType(signature, i), `argument ${i + 1} of ${expr.name}()`);
  });
}

const EXTENDABLE: Readonly<Record<'anchored' | 'smoothed', readonly string[]>> = {
  anchored: ['changes', 'delta', 'increase', 'rate', 'resets'],
  smoothed: ['delta', 'increase', 'rate'],
};

function checkExtension(name: string, arg: Expr, text: string): void {
  const range = unwrap(arg);
  if (range.kind !== 'range' || range.extension === undefined) return;
  const allowed = EXTENDABLE[range.extension];
  if (allowed.includes(name)) return;
  throw new PromqlSyntaxError(
    `${range.extension} modifier can only be used with: ${allowed.join(', ')} - not with ${name}`,
    text,
    arg.start,
  );
}

function checkBinary(expr: Binary, text: string): void {
  const { op, left, right, matching } = expr;
  for (const side of [left, right]) {
    checkTypes(side, text);
    const type = typeOf(side);
    if (type !== 'scalar' && type !== 'vector') {
      throw new PromqlSyntaxError(
        `operator ${op} takes scalars and instant vectors, got ${NAMES[type]}`,
        text,
        side.start,
      );
    }
  }
  const scalars = [left, right].filter((side) => typeOf(side) === 'scalar').length;
  const problem = ((): string | undefined => {
    if (expr.returnBool && !COMPARISONS.has(op)) return `bool modifies comparisons only, not ${op}`;
    if (scalars === 2 && COMPARISONS.has(op) && !expr.returnBool) {
      return `comparing two scalars needs bool: write ${op} bool`;
    }
    if (scalars > 0 && SET_OPERATORS.has(op)) return `set operator ${op} takes instant vectors on both sides`;
    if (scalars > 0 && (matching.on || matching.labels.length > 0 || matching.cardinality.includes('-to-many'))) {
      return 'vector matching (on, ignoring, group_left, group_right) needs instant vectors on both sides';
    }
    if (SET_OPERATORS.has(op) && matching.cardinality !== 'many-to-many') {
      return `set operator ${op} matches many to many: remove group_left or group_right`;
    }
    if (SET_OPERATORS.has(op) && (matching.fillLeft !== undefined || matching.fillRight !== undefined)) {
      return `set operator ${op} takes no fill`;
    }
    const doubled = matching.on ? matching.include.find((label) => matching.labels.includes(label)) : undefined;
    if (doubled !== undefined) return `label ${doubled} cannot be in on(...) and in the group modifier at once`;
    return undefined;
  })();
  if (problem) throw new PromqlSyntaxError(problem, text, expr.start);
}
