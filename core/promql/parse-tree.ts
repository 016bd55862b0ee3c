import type { SyntaxNode } from '@lezer/common';
import type {
  Aggregation,
  AggregationOperator,
  AtModifier,
  Binary,
  BinaryOperator,
  Call,
  Duration,
  Expr,
  Subquery,
  VectorMatching,
  VectorSelector,
} from './ast.ts';
import { PromqlSyntaxError } from './errors.ts';
import { type Matcher, type MatchOperator, matcher } from './matchers.ts';
import { parseNumber, toDuration } from './parse-duration.ts';
import { unquote } from './strings.ts';

const PARAMETRIC = new Set(['topk', 'bottomk', 'quantile', 'count_values', 'limitk', 'limit_ratio']);
const SET_OPERATORS = new Set(['and', 'or', 'unless']);

/** A chain of operators is as deep as it is long. */
const DEEPEST = 500;

/** Reads the grammar's tree into our own. */
export class TreeReader {
  readonly text: string;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Children without comments. */
  parts(node: SyntaxNode): SyntaxNode[] {
    const parts: SyntaxNode[] = [];
    for (let child = node.firstChild; child; child = child.nextSibling) {
      if (child.name !== 'LineComment') parts.push(child);
    }
    return parts;
  }

  private source(node: SyntaxNode): string {
    return this.text.slice(node.from, node.to);
  }

  private fail(message: string, node: { from: number }): never {
    throw new PromqlSyntaxError(message, this.text, node.from);
  }

  private string(node: SyntaxNode): string {
    try {
      return unquote(this.source(node));
    } catch (error) {
      return this.fail((error as Error).message, node);
    }
  }

  expr(node: SyntaxNode): Expr {
    this.depth += 1;
    if (this.depth > DEEPEST) this.fail(`the expression is nested too deeply: ${DEEPEST} levels at most`, node);
    const expr = this.read(node);
    this.depth -= 1;
    return expr;
  }

  private read(node: SyntaxNode): Expr {
    const position = { start: node.from, end: node.to };
    const parts = this.parts(node);
    const first = parts[0];
    switch (node.name) {
      case 'NumberDurationLiteral':
        return { kind: 'number', value: parseNumber(this.source(node)), ...position };
      case 'StringLiteral':
        return { kind: 'string', value: this.string(node), ...position };
      case 'ParenExpr':
        return { kind: 'paren', expr: this.expr(first as SyntaxNode), ...position };
      case 'UnaryExpr':
        return {
          kind: 'unary',
          op: this.source(first as SyntaxNode) === '-' ? '-' : '+',
          expr: this.expr(parts[1] as SyntaxNode),
          ...position,
        };
      case 'VectorSelector':
        return this.selector(node);
      case 'MatrixSelector':
        return this.postfix(this.expr(first as SyntaxNode), node, (target) => this.range(target, node, parts));
      case 'SubqueryExpr':
        return this.postfix(this.expr(first as SyntaxNode), node, (expr) => ({
          kind: 'subquery',
          expr,
          range: this.positiveDuration(parts[1] as SyntaxNode),
          step: parts[2] ? this.positiveDuration(parts[2]) : undefined,
          offset: 0,
          at: undefined,
          start: expr.start,
          end: node.to,
        }));
      case 'OffsetExpr':
        return this.offset(node, parts);
      case 'StepInvariantExpr':
        return this.at(node, parts);
      case 'AnchoredExpr':
      case 'SmoothedExpr':
        return this.postfix(this.expr(first as SyntaxNode), node, (target) => {
          if (target.kind === 'selector' && node.name === 'SmoothedExpr') {
            return { ...target, smoothed: true, end: node.to };
          }
          if (target.kind !== 'range')
            return this.fail('anchored and smoothed stand after a range: foo[5m] anchored', node);
          return { ...target, extension: node.name === 'AnchoredExpr' ? 'anchored' : 'smoothed', end: node.to };
        });
      case 'AggregateExpr':
        return this.aggregation(node, parts);
      case 'FunctionCall':
        return this.call(node, parts);
      case 'BinaryExpr':
        return this.binary(node, parts);
      default:
        return this.fail(`unexpected ${this.source(node)}`, node);
    }
  }

  private selector(node: SyntaxNode, mayMatchAll = false): VectorSelector {
    const matchers: Matcher[] = [];
    const setName = (name: string, at: SyntaxNode): void => {
      const known = matchers.find((other) => other.name === '__name__');
      if (known) this.fail(`the metric name is set twice: ${known.value} and ${name}`, at);
      matchers.push(matcher('__name__', '=', name));
    };
    for (const part of this.parts(node)) {
      if (part.name === 'Identifier') {
        setName(this.source(part), part);
        continue;
      }
      for (const item of this.parts(part)) {
        const [label, op, value] = this.parts(item);
        if (item.name === 'QuotedLabelName') {
          setName(this.string(label as SyntaxNode), item);
          continue;
        }
        const quoted = label?.name === 'QuotedLabelName';
        const name = quoted ? this.string(this.parts(label)[0] as SyntaxNode) : this.source(label as SyntaxNode);
        if (name === '__name__' && matchers.some((other) => other.name === '__name__' && other.op === '=')) {
          if (this.source(op as SyntaxNode) === '=') this.fail('the metric name is set twice', item);
        }
        try {
          matchers.push(
            matcher(name, this.source(op as SyntaxNode) as MatchOperator, this.string(value as SyntaxNode)),
          );
        } catch (error) {
          if (error instanceof PromqlSyntaxError) throw error;
          this.fail((error as Error).message, value as SyntaxNode);
        }
      }
    }
    if (!mayMatchAll && matchers.every(({ test }) => test(''))) {
      this.fail('a selector needs a metric name or at least one matcher that does not match the empty string', node);
    }
    return { kind: 'selector', matchers, offset: 0, at: undefined, start: node.from, end: node.to };
  }

  /**
   * Applies what stands after an expression. The grammar takes it for all that is before it, but it belongs to the last
   * operand only: in `-a + b @ 10` to `b`.
   */
  private postfix(target: Expr, node: SyntaxNode, change: (target: Expr) => Expr): Expr {
    if (target.kind === 'binary') return { ...target, right: this.postfix(target.right, node, change), end: node.to };
    if (target.kind === 'unary') return { ...target, expr: this.postfix(target.expr, node, change), end: node.to };
    return change(target);
  }

  private range(selector: Expr, node: SyntaxNode, parts: readonly SyntaxNode[]): Expr {
    if (selector.kind !== 'selector') {
      return this.fail('a range needs a selector before it: for other expressions write a subquery, [5m:]', node);
    }
    if (selector.offset !== 0 || selector.at !== undefined) {
      return this.fail('offset and @ stand after the range: foo[5m] offset 1h', node);
    }
    const range = this.positiveDuration(parts[1] as SyntaxNode);
    return { kind: 'range', selector, range, start: selector.start, end: node.to };
  }

  private positiveDuration(node: SyntaxNode): Duration {
    const duration = toDuration(node, this.text);
    if (typeof duration === 'number' && !(duration > 0 && Number.isFinite(duration))) {
      this.fail('the duration must be greater than 0', node);
    }
    return duration;
  }

  /** Applies a change to the selector or subquery that `offset` or `@` stands after. */
  private modify(
    node: SyntaxNode,
    inner: SyntaxNode,
    word: string,
    change: <T extends VectorSelector | Subquery>(target: T) => T,
  ): Expr {
    return this.postfix(this.expr(inner), node, (target) => {
      if (target.kind === 'range') return { ...target, selector: change(target.selector), end: node.to };
      if (target.kind === 'selector' || target.kind === 'subquery') return { ...change(target), end: node.to };
      return this.fail(`${word} stands after a selector or a subquery only`, node);
    });
  }

  private offset(node: SyntaxNode, parts: readonly SyntaxNode[]): Expr {
    const [inner, , duration] = parts;
    const offset = toDuration(duration as SyntaxNode, this.text);
    return this.modify(node, inner as SyntaxNode, 'offset', (target) => {
      if (target.offset !== 0) this.fail('offset is set twice', node);
      return { ...target, offset };
    });
  }

  private at(node: SyntaxNode, parts: readonly SyntaxNode[]): Expr {
    const [inner, , time] = parts;
    const word = this.source(time as SyntaxNode);
    const at: AtModifier = word.startsWith('start')
      ? 'start'
      : word.startsWith('end')
        ? 'end'
        : Math.round(parseNumber(word) * 1000);
    if (typeof at === 'number' && !Number.isFinite(at))
      this.fail(`@ needs a finite time in seconds, got ${word}`, node);
    return this.modify(node, inner as SyntaxNode, '@', (target) => {
      if (target.at !== undefined) this.fail('@ is set twice', node);
      return { ...target, at };
    });
  }

  private labelList(node: SyntaxNode): string[] {
    return this.parts(node).map((part) =>
      part.name === 'QuotedLabelName' ? this.string(this.parts(part)[0] as SyntaxNode) : this.source(part),
    );
  }

  private aggregation(node: SyntaxNode, parts: readonly SyntaxNode[]): Aggregation {
    const op = this.source(parts[0] as SyntaxNode).toLowerCase() as AggregationOperator;
    const modifier = parts.find(({ name }) => name === 'AggregateModifier');
    const body = parts.find(({ name }) => name === 'FunctionCallBody') as SyntaxNode;
    const args = this.parts(body).map((part) => this.expr(part));
    const wanted = PARAMETRIC.has(op) ? 2 : 1;
    if (args.length !== wanted)
      this.fail(`${op} takes ${wanted} argument${wanted === 1 ? '' : 's'}, got ${args.length}`, node);
    const [kind, labels] = modifier ? this.parts(modifier) : [];
    return {
      kind: 'aggregation',
      op,
      expr: args[wanted - 1] as Expr,
      parameter: wanted === 2 ? args[0] : undefined,
      grouping: labels ? this.labelList(labels) : [],
      without: kind?.name === 'Without',
      start: node.from,
      end: node.to,
    };
  }

  private call(node: SyntaxNode, parts: readonly SyntaxNode[]): Call {
    const [name, body] = parts;
    return {
      kind: 'call',
      name: this.source(name as SyntaxNode),
      // The second argument of info() selects labels, so it may match everything.
      args: this.parts(body as SyntaxNode).map((part, i) =>
        part.name === 'VectorSelector' && i === 1 && this.source(name as SyntaxNode) === 'info'
          ? this.selector(part, true)
          : this.expr(part),
      ),
      start: node.from,
      end: node.to,
    };
  }

  private binary(node: SyntaxNode, parts: readonly SyntaxNode[]): Expr {
    const op = this.source(parts[1] as SyntaxNode).toLowerCase() as BinaryOperator;
    const base = parts[0] as SyntaxNode;
    const left = this.expr(base);
    const right = this.expr(parts.at(-1) as SyntaxNode);
    const binary: Binary = {
      kind: 'binary',
      op,
      left,
      right,
      returnBool: parts.some(({ name }) => name === 'BoolModifier'),
      matching: this.matching(op, parts),
      start: node.from,
      end: node.to,
    };
    // The grammar takes the sign into the number, but `^` binds tighter: -1 ^ 2 is -(1 ^ 2).
    const sign = base.name === 'NumberDurationLiteral' ? /^[+-]/.exec(this.source(base))?.[0] : undefined;
    if (op !== '^' || sign === undefined || left.kind !== 'number') return binary;
    const magnitude: Expr = { ...left, value: parseNumber(this.source(base).slice(1).trim()), start: left.start + 1 };
    const power: Binary = { ...binary, left: magnitude };
    return sign === '-' ? { kind: 'unary', op: '-', expr: power, start: node.from, end: node.to } : power;
  }

  private matching(op: BinaryOperator, parts: readonly SyntaxNode[]): VectorMatching {
    const clause = parts.find(({ name }) => name === 'MatchingModifierClause');
    const fill = parts.find(({ name }) => name === 'FillModifier');
    const [kind, labels, group, include] = clause ? this.parts(clause) : [];
    const fills = { fillLeft: undefined as number | undefined, fillRight: undefined as number | undefined };
    for (const part of fill ? this.parts(fill) : []) {
      const literal = this.parts(part).at(-1) as SyntaxNode;
      const value = parseNumber(this.source(literal));
      if (part.name !== 'FillRightClause') fills.fillLeft = value;
      if (part.name !== 'FillLeftClause') fills.fillRight = value;
    }
    const cardinality = group
      ? group.name === 'GroupLeft'
        ? 'many-to-one'
        : 'one-to-many'
      : SET_OPERATORS.has(op)
        ? 'many-to-many'
        : 'one-to-one';
    return {
      cardinality,
      on: kind?.name === 'On',
      labels: labels ? this.labelList(labels) : [],
      include: include ? this.labelList(include) : [],
      ...(fills.fillLeft === undefined ? {} : { fillLeft: fills.fillLeft }),
      ...(fills.fillRight === undefined ? {} : { fillRight: fills.fillRight }),
    };
  }
}
