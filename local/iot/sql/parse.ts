import type { Branch, Expression, SelectItem, Statement } from './ast.ts';
import { assertCallable } from './functions.ts';
import { SqlError, type Token, tokenize } from './tokens.ts';

/** Operators from the loosest to the tightest. */
const LEVELS: readonly (readonly string[])[] = [
  ['or'],
  ['and'],
  ['=', '<>', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];
const COMPARISON = 2;

/**
 * Parses a statement of an IoT rule.
 * @throws SqlError with the place; unknown functions are refused here, not at the first message
 */
export function parseStatement(sql: string): Statement {
  const parser = new Parser(sql);
  const statement = parser.statement();
  parser.end();
  return statement;
}

/** Parses the inside of a substitution template: the `topic(2)` of `${topic(2)}`. @throws SqlError */
export function parseExpression(sql: string): Expression {
  const parser = new Parser(sql);
  const expression = parser.expression();
  parser.end();
  return expression;
}

class Parser {
  readonly #sql: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(sql: string) {
    this.#sql = sql;
    this.#tokens = tokenize(sql);
  }

  statement(): Statement {
    this.#expect('select');
    const select = [this.#selectItem()];
    while (this.#take(',')) select.push(this.#selectItem());
    const from = this.#take('from') ? this.#string() : undefined;
    const where = this.#take('where') ? this.expression() : undefined;
    return { select, ...(from !== undefined && { from }), ...(where && { where }) };
  }

  end(): void {
    if (this.#next.kind !== 'end') throw this.#problem(`unexpected ${JSON.stringify(this.#next.text)}`);
  }

  #selectItem(): SelectItem {
    if (this.#take('*')) return { kind: 'all' };
    const at = this.#next.at;
    const expression = this.expression();
    if (this.#take('as')) {
      const alias = [this.#name()];
      while (this.#take('.')) alias.push(this.#name());
      return { kind: 'value', expression, alias };
    }
    const last = expression.kind === 'path' ? expression.segments.at(-1) : undefined;
    if (typeof last === 'string') return { kind: 'value', expression, alias: [last] };
    throw new SqlError('the result needs a name: add AS name', this.#sql, at);
  }

  expression(level = 0): Expression {
    if (level === LEVELS.length) return this.#unary();
    if (level === 2 && this.#take('not')) return { kind: 'not', operand: this.expression(level) };
    let left = this.expression(level + 1);
    for (;;) {
      if (level === COMPARISON && this.#take('in')) {
        left = { kind: 'in', value: left, list: this.#next.text === '(' ? this.#list('(', ')') : [this.#primary()] };
        continue;
      }
      const operator = LEVELS[level]?.find((one) => this.#take(one));
      if (operator === undefined) return left;
      left = { kind: 'binary', operator, left, right: this.expression(level + 1) };
    }
  }

  #unary(): Expression {
    if (this.#take('-')) return { kind: 'negate', operand: this.#unary() };
    return this.#primary();
  }

  #primary(): Expression {
    const { kind, text } = this.#next;
    if (this.#take('(')) {
      const inner = this.expression();
      this.#expect(')');
      return inner;
    }
    if (text === '[' && kind === 'symbol') return { kind: 'array', items: this.#list('[', ']') };
    if (kind === 'number') return { kind: 'literal', value: Number(this.#advance().text) };
    if (kind === 'string') return { kind: 'literal', value: this.#advance().text };
    if (this.#take('case')) return this.#case();
    if (this.#take('true')) return { kind: 'literal', value: true };
    if (this.#take('false')) return { kind: 'literal', value: false };
    if (this.#take('null')) return { kind: 'literal', value: null };
    if (kind !== 'name') throw this.#problem(`expected a value, got ${text === '' ? 'the end' : JSON.stringify(text)}`);
    return this.#pathOrCall();
  }

  #pathOrCall(): Expression {
    const { at } = this.#next;
    const first = this.#name();
    if (this.#next.text === '(') {
      const args = this.#list('(', ')');
      const name = first.toLowerCase();
      assertCallable(name, args.length, (message) => new SqlError(message, this.#sql, at));
      return { kind: 'call', name, args };
    }
    const segments: (string | number)[] = [first];
    for (;;) {
      if (this.#take('.')) segments.push(this.#name());
      else if (this.#take('[')) {
        if (this.#next.kind !== 'number') throw this.#problem('expected an index');
        segments.push(Number(this.#advance().text));
        this.#expect(']');
      } else return { kind: 'path', segments };
    }
  }

  /** `CASE value WHEN one THEN ...` is `CASE WHEN value = one THEN ...`. */
  #case(): Expression {
    const subject = this.#is('when') ? undefined : this.expression();
    const branches: Branch[] = [];
    while (this.#take('when')) {
      const test = this.expression();
      this.#expect('then');
      const when: Expression = subject ? { kind: 'binary', operator: '=', left: subject, right: test } : test;
      branches.push({ when, result: this.expression() });
    }
    const otherwise = this.#take('else') ? this.expression() : undefined;
    this.#expect('end');
    return { kind: 'case', branches, ...(otherwise && { otherwise }) };
  }

  #list(open: string, close: string): readonly Expression[] {
    this.#expect(open);
    const items: Expression[] = [];
    if (this.#take(close)) return items;
    do {
      items.push(this.#take('*') ? { kind: 'payload' } : this.expression());
      // cast(value AS type)
      if (this.#take('as')) items.push({ kind: 'literal', value: this.#name() });
    } while (this.#take(','));
    this.#expect(close);
    return items;
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  #advance(): Token {
    const token = this.#next;
    this.#at += 1;
    return token;
  }

  /** Keywords are the same in any case. */
  #is(text: string): boolean {
    const { kind } = this.#next;
    return (kind === 'name' || kind === 'symbol') && this.#next.text.toLowerCase() === text;
  }

  #take(text: string): boolean {
    const found = this.#is(text);
    if (found) this.#at += 1;
    return found;
  }

  #expect(text: string): void {
    if (!this.#take(text)) {
      throw this.#problem(`expected ${text.toUpperCase()}, got ${JSON.stringify(this.#next.text || 'the end')}`);
    }
  }

  #string(): string {
    if (this.#next.kind !== 'string') throw this.#problem('expected a topic filter in quotes');
    return this.#advance().text;
  }

  #name(): string {
    if (this.#next.kind !== 'name') throw this.#problem(`expected a name, got ${JSON.stringify(this.#next.text)}`);
    return this.#advance().text.replaceAll('`', '');
  }

  #problem(message: string): SqlError {
    return new SqlError(message, this.#sql, this.#next.at);
  }
}
