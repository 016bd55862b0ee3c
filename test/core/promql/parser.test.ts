import { describe, expect, test } from '@jest/globals';
import { parsePromql } from '../../../core/promql/parser.ts';

function messageOf(query: string): string {
  try {
    parsePromql(query);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

describe('a wrong expression is refused with its position and what to do', () => {
  test.each([
    ['', '1:1: the expression is empty'],
    ['sum(', '1:5: the expression ends too early in the arguments of a function'],
    ['foo{a=}', '1:7: unexpected } in a label matcher (name="value")'],
    ['foo bar', '1:5: unexpected bar'],
    ['foo\n  + )', '2:5: unexpected ) in an operand'],
    ['foo[5m', '1:7: the expression ends too early in a range such as [5m]'],
    ['rate(foo)', '1:6: argument 1 of rate() must be a range vector, got an instant vector: add a range such as [5m]'],
    [
      'sum(foo[5m])',
      '1:5: the argument of sum must be an instant vector, got a range vector: wrap it in a function such as rate(), or remove the range',
    ],
    ['clamp(foo, 1)', '1:1: clamp() takes 3 arguments, got 2'],
    ['topk(foo)', '1:1: topk takes 2 arguments, got 1'],
    ['1 == 2', '1:1: comparing two scalars needs bool: write == bool'],
    ['foo + bool bar', '1:1: bool modifies comparisons only, not +'],
    ['1 and foo', '1:1: set operator and takes instant vectors on both sides'],
    ['{a=""}', '1:1: a selector needs a metric name or at least one matcher that does not match the empty string'],
    ['foo{__name__="bar"}', '1:5: the metric name is set twice'],
    ['foo offset 5m offset 1m', '1:1: offset is set twice'],
    ['rate(foo[5m]) offset 5m', '1:1: offset stands after a selector or a subquery only'],
    ['foo{a=~"("}', '1:8: invalid regular expression "(": Unterminated group'],
    ['"unfinished', '1:1: unterminated string "unfinished: add "'],
  ])('%j', (query, message) => {
    expect(messageOf(query)).toBe(message);
  });
});

describe('precedence is that of Prometheus', () => {
  test.each([
    ['-1 ^ 2', '-(1 ^ 2)'],
    ['2 ^ 3 ^ 2', '2 ^ (3 ^ 2)'],
    ['1 + 2 * 3', '1 + (2 * 3)'],
    ['a or b and c', 'a or (b and c)'],
    ['a + b @ 10', 'a + (b @ 10)'],
    ['-a offset 5m', '-(a offset 5m)'],
    ['a > bool b + c', 'a > bool (b + c)'],
  ])('%s is %s', (short, explicit) => {
    expect(shape(parsePromql(short))).toEqual(shape(parsePromql(explicit)));
  });
});

/** The tree without positions and parentheses. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
  const { start: _start, end: _end, ...rest } = value as Record<string, unknown>;
  if (rest.kind === 'paren') return shape(rest.expr);
  return Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, shape(item)]));
}
