import type { Expression, Statement, Value } from './ast.ts';
import { callFunction, type Message, toBoolean, toNumber, toText } from './functions.ts';

/** The payload is needed as JSON and is none. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
}

/**
 * Runs a statement on a message whose topic matches already.
 * @returns what the actions get; undefined when WHERE does not let it through
 * @throws PayloadError when the payload is not JSON and the statement looks into it
 */
export function runStatement({ select, where }: Statement, message: Message): Buffer | undefined {
  const payload = lazyPayload(message);
  if (where && toBoolean(evaluate(where, message, payload)) !== true) return undefined;
  // A bare * passes the bytes through as they came, whatever they are.
  if (select.length === 1 && select[0]?.kind === 'all') return message.payload;
  let result: Record<string, Value> = {};
  for (const item of select) {
    if (item.kind === 'all') {
      const whole = payload();
      if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) {
        throw new PayloadError(`* with other results needs a JSON object, the payload is ${typeName(whole)}`);
      }
      result = { ...result, ...(whole as Record<string, Value>) };
      continue;
    }
    const value = evaluate(item.expression, message, payload);
    if (value !== undefined) put(result, item.alias, value);
  }
  return Buffer.from(JSON.stringify(result));
}

/** Parsed when first asked for: binary payloads are fine as long as nobody looks inside. */
function lazyPayload({ payload }: Message): () => Value {
  let parsed: { readonly value: Value } | undefined;
  return () => {
    if (parsed) return parsed.value;
    try {
      parsed = { value: JSON.parse(payload.toString()) as Value };
    } catch {
      throw new PayloadError(`the payload of ${payload.length} bytes is not JSON`);
    }
    return parsed.value;
  };
}

/** @param payload gives the payload as JSON, or throws PayloadError */
export function evaluate(expression: Expression, message: Message, payload: () => Value = lazyPayload(message)): Value {
  const of = (one: Expression) => evaluate(one, message, payload);
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'payload':
      return payload();
    case 'path':
      return follow(payload(), expression.segments);
    case 'array':
      return expression.items.map(of);
    case 'call': {
      const [first] = expression.args;
      // The one way to bring a binary payload into a result.
      if (expression.name === 'encode' && first?.kind === 'payload') return message.payload.toString('base64');
      return callFunction(expression.name, expression.args.map(of), message);
    }
    case 'not': {
      const operand = toBoolean(of(expression.operand));
      return operand === undefined ? undefined : !operand;
    }
    case 'negate': {
      const operand = toNumber(of(expression.operand));
      return operand === undefined ? undefined : -operand;
    }
    case 'in': {
      const value = of(expression.value);
      return expression.list.flatMap((one) => of(one)).some((one) => compare('=', value, one) === true);
    }
    case 'case': {
      const branch = expression.branches.find(({ when }) => toBoolean(of(when)) === true);
      if (branch) return of(branch.result);
      return expression.otherwise ? of(expression.otherwise) : undefined;
    }
    case 'binary':
      return binary(expression.operator, of(expression.left), () => of(expression.right));
  }
}

function binary(operator: string, left: Value, right: () => Value): Value {
  switch (operator) {
    case 'and': {
      if (toBoolean(left) === false) return false;
      const other = toBoolean(right());
      return toBoolean(left) === undefined ? (other === false ? false : undefined) : other;
    }
    case 'or': {
      if (toBoolean(left) === true) return true;
      const other = toBoolean(right());
      return toBoolean(left) === undefined ? (other === true ? true : undefined) : other;
    }
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return arithmetic(operator, left, right());
    default:
      return compare(operator, left, right());
  }
}

/** Numbers, or text that is a number; `+` with any other text concatenates. */
function arithmetic(operator: string, left: Value, right: Value): Value {
  const [x, y] = [toNumber(left), toNumber(right)];
  if (
    operator === '+' &&
    (typeof left === 'string' || typeof right === 'string') &&
    (x === undefined || y === undefined)
  ) {
    const [a, b] = [toText(left), toText(right)];
    return a === undefined || b === undefined ? undefined : a + b;
  }
  if (x === undefined || y === undefined) return undefined;
  const result = { '+': x + y, '-': x - y, '*': x * y, '/': x / y, '%': x % y }[operator];
  return result !== undefined && Number.isFinite(result) ? result : undefined;
}

/** Undefined compares to nothing; values of different types are unequal and have no order. */
function compare(operator: string, left: Value, right: Value): Value {
  if (left === undefined || right === undefined) return undefined;
  if (operator === '=' || operator === '<>' || operator === '!=') {
    const same = isEqual(left, right);
    return operator === '=' ? same : !same;
  }
  const [x, y] = [toNumber(left), toNumber(right)];
  if (x !== undefined && y !== undefined) return ordered(operator, x, y);
  return typeof left === 'string' && typeof right === 'string' ? ordered(operator, left, right) : undefined;
}

function isEqual(left: Value, right: Value): boolean {
  if (typeof left === 'number' || typeof right === 'number') {
    const [x, y] = [toNumber(left), toNumber(right)];
    return x !== undefined && x === y;
  }
  return JSON.stringify(left) === JSON.stringify(right);
}

function ordered<T extends number | string>(operator: string, left: T, right: T): boolean {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}

function follow(value: Value, segments: readonly (string | number)[]): Value {
  let here = value;
  for (const segment of segments) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, segment)) return undefined;
    here = (here as Readonly<Record<string | number, Value>>)[segment];
  }
  return here;
}

function put(into: Record<string, Value>, path: readonly string[], value: Value): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    into[name] = value;
    return;
  }
  const inner = { ...(typeof into[name] === 'object' ? (into[name] as Record<string, Value>) : {}) };
  put(inner, rest, value);
  into[name] = inner;
}

function typeName(value: Value): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
