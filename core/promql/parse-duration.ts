import type { SyntaxNode } from '@lezer/common';
import { calculate } from './arithmetic.ts';
import type { ArithmeticOperator, Duration } from './ast.ts';
import { parseDuration } from './durations.ts';

const OPERATORS: Readonly<Record<string, ArithmeticOperator>> = {
  Add: '+',
  Sub: '-',
  Mul: '*',
  Div: '/',
  Mod: '%',
  Pow: '^',
};

/** `12`, `0x1f`, `1_000`, `.5e3`, `Inf`, `NaN`, or a duration, which is its seconds: `1m30s` is 90. */
export function parseNumber(text: string): number {
  const unsigned = text.replace(/^[+-]\s*/, '').replaceAll('_', '');
  const sign = text.startsWith('-') ? -1 : 1;
  if (/^inf$/i.test(unsigned)) return sign * Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(unsigned)) return Number.NaN;
  const duration = /[ywdhms]$/.test(unsigned) && !/^0x/i.test(unsigned) ? parseDuration(unsigned) : undefined;
  return sign * (duration === undefined ? Number(unsigned) : duration / 1000);
}

/** A `DurationExpr` or `OffsetDurationExpr` of the grammar, folded to milliseconds where it is constant. */
export function toDuration(node: SyntaxNode, text: string): Duration {
  const parts: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== 'LineComment') parts.push(child);
  }
  const isOperand = ({ name }: SyntaxNode): boolean => name === 'DurationExpr' || name === 'OffsetDurationExpr';
  const operands = parts.filter(isOperand).map((part) => toDuration(part, text));
  const head = parts.find((part) => !isOperand(part));
  const [left = 0, right = 0] = operands;
  if (!head) return left;
  const headText = text.slice(head.from, head.to);
  switch (head.name) {
    case 'NumberDurationLiteralInDurationContext':
      return Math.round(parseNumber(headText) * 1000);
    case 'DurationStep':
      return { kind: 'step' };
    case 'DurationRange':
      return { kind: 'range' };
    case 'UnaryOp':
      if (headText === '+') return left;
      return typeof left === 'number' ? -left : { kind: 'negate', operand: left };
    case 'DurationMinOf':
    case 'DurationMaxOf':
      return fold({ kind: 'call', name: head.name === 'DurationMinOf' ? 'min_of' : 'max_of', left, right });
    default:
      return fold({ kind: 'operation', op: OPERATORS[head.name] ?? '+', left, right });
  }
}

function fold(duration: Exclude<Duration, number>): Duration {
  const isConstant = 'left' in duration && typeof duration.left === 'number' && typeof duration.right === 'number';
  return isConstant ? resolveDuration(duration, 0, 0) : duration;
}

/** In milliseconds, given the query's step and range. Operations compute in seconds: `5m * 2` is 10 minutes. */
export function resolveDuration(duration: Duration, stepMs: number, rangeMs: number): number {
  if (typeof duration === 'number') return duration;
  switch (duration.kind) {
    case 'step':
      return stepMs;
    case 'range':
      return rangeMs;
    case 'negate':
      return -resolveDuration(duration.operand, stepMs, rangeMs);
    case 'call':
    case 'operation': {
      const left = resolveDuration(duration.left, stepMs, rangeMs) / 1000;
      const right = resolveDuration(duration.right, stepMs, rangeMs) / 1000;
      if (duration.kind === 'call')
        return 1000 * (duration.name === 'min_of' ? Math.min(left, right) : Math.max(left, right));
      return Math.round(1000 * calculate(duration.op, left, right));
    }
  }
}
