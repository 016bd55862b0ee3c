import type { Labels } from '../metrics/model.ts';
import { compileAnchored } from './regex.ts';
import { quote } from './strings.ts';

export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** One condition of a selector, as plain data plus its compiled test. */
export interface Matcher {
  readonly name: string;
  readonly op: MatchOperator;
  readonly value: string;
  /** Whether a label's value satisfies the condition; an absent label is the empty string. */
  readonly test: (value: string) => boolean;
}

/** Throws a plain Error for an invalid regular expression. */
export function matcher(name: string, op: MatchOperator, value: string): Matcher {
  return { name, op, value, test: testOf(op, value) };
}

function testOf(op: MatchOperator, value: string): (candidate: string) => boolean {
  if (op === '=') return (candidate) => candidate === value;
  if (op === '!=') return (candidate) => candidate !== value;
  // Alternatives of plain words, by far the most common expression, need no regular expression.
  const words = /^[\w\-/ :]*(\|[\w\-/ :]*)*$/.test(value) ? new Set(value.split('|')) : undefined;
  const regex = words ? undefined : compileAnchored(value);
  const test = words
    ? (candidate: string): boolean => words.has(candidate)
    : (candidate: string): boolean => regex?.test(candidate) ?? false;
  return op === '=~' ? test : (candidate) => !test(candidate);
}

export function matches(labels: Labels, matchers: readonly Matcher[]): boolean {
  for (const { name, test } of matchers) {
    if (!test(labels[name] ?? '')) return false;
  }
  return true;
}

/** The metric name a selector demands, when it demands exactly one. */
export function metricNameOf(matchers: readonly Matcher[]): string | undefined {
  return matchers.find(({ name, op, value }) => name === '__name__' && op === '=' && value !== '')?.value;
}

export function formatMatchers(matchers: readonly Matcher[]): string {
  const metric = metricNameOf(matchers);
  const rest = matchers.filter(({ name, op }) => !(name === '__name__' && op === '=' && metric !== undefined));
  const inner = rest.map(({ name, op, value }) => `${name}${op}${quote(value)}`).join(',');
  return `${metric ?? ''}${inner === '' && metric ? '' : `{${inner}}`}`;
}
