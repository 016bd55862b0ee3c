import { walk } from '../promql/ast.ts';
import { formatMatchers, type Matcher } from '../promql/matchers.ts';
import type { Rule } from './model.ts';

/**
 * The matchers of each selector of a rule's expression, without repetitions: a store that keeps only the series some of
 * these match can evaluate the rule. Classic histogram suffixes are as written (`_bucket`, `_sum`, `_count`).
 */
export function selectors(rule: Rule): readonly (readonly Matcher[])[] {
  const found = new Map<string, readonly Matcher[]>();
  for (const node of walk(rule.query)) {
    if (node.kind === 'selector') found.set(formatMatchers(node.matchers), node.matchers);
  }
  return [...found.values()];
}
