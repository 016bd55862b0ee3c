import { type Expr, unwrap, walk } from '../../../promql/ast.ts';
import type { Rule } from '../../model.ts';
import { boundsOf, type Comparison, isComparison, verdict } from '../bounds.ts';
import { type Check, type RuleContext, textOf, wholeTextOf } from '../check.ts';
import type { Remark } from '../finding.ts';

/** A comparison that no value satisfies: a ratio above 1, a count of 0, above 5 and below 3. */
export const impossibleCondition: Check = {
  name: 'impossible-condition',
  *run(rule, context) {
    for (const node of walk(rule.query)) {
      if (isComparison(node) && !node.returnBool && verdict(node) === 'never') yield never(rule, node, context);
      if (node.kind === 'binary' && node.op === 'and' && !node.matching.on && node.matching.labels.length === 0) {
        const [left, right] = [unwrap(node.left), unwrap(node.right)];
        if (contradict(rule, left, right)) {
          yield {
            severity: 'error',
            place: context.places.expr(node.start),
            what: `${textOf(rule, node)} can never hold`,
            why: 'no value is in both ranges at once, so the alert never fires',
            todo: 'turn one of the comparisons round, or write or for values outside a range',
          };
        }
      }
    }
  },
};

function never(rule: Rule, node: Comparison, { places }: RuleContext): Remark {
  const left = unwrap(node.left);
  const isCount = left.kind === 'aggregation' && (left.op === 'count' || left.op === 'group');
  return {
    severity: 'error',
    place: places.expr(node.start),
    what: `${textOf(rule, node)} can never hold`,
    why: isCount
      ? 'where nothing is counted the result is empty, not 0: the alert never fires'
      : `${textOf(rule, node.left)} is ${range(node.left)}, so the condition never holds`,
    todo: isCount
      ? 'write absent(...), or (count(...) or vector(0)) where there are no labels to keep'
      : 'compare with a value within that range (a ratio is 0 to 1, not per cent)',
  };
}

function range(expr: Expr): string {
  const { low, high } = boundsOf(expr);
  if (low === high) return `always ${low}`;
  if (high === Number.POSITIVE_INFINITY) return `${low} or more`;
  return low === Number.NEGATIVE_INFINITY ? `${high} or less` : `between ${low} and ${high}`;
}

/** Two comparisons of the same expression with constants that exclude each other. */
function contradict(rule: Rule, a: Expr, b: Expr): boolean {
  if (!isComparison(a) || !isComparison(b) || a.returnBool || b.returnBool) return false;
  if (wholeTextOf(rule, unwrap(a.left)) !== wholeTextOf(rule, unwrap(b.left))) return false;
  // As if the second comparison looked at what the first lets through.
  return verdict({ ...b, left: a }) === 'never';
}
