import { type Expr, unwrap, walk } from '../../../promql/ast.ts';
import { type Check, textOf } from '../check.ts';
import { labelsOf } from '../labels.ts';

/** `... or vector(0)` where the other side has labels: it stands in for nothing and adds a series without labels. */
export const orVector: Check = {
  name: 'or-vector',
  *run(rule, { metrics, places }) {
    for (const node of walk(rule.query)) {
      if (node.kind !== 'binary' || node.op !== 'or' || !isVector(node.right)) continue;
      // With on (...) somebody has thought of it.
      if (node.matching.on || labelsOf(node.left, metrics).certain.size === 0) continue;
      const labels = [...labelsOf(node.left, metrics).certain].sort().join(', ');
      yield {
        severity: 'warning',
        place: places.expr(node.start),
        what: `${textOf(rule, node)} stands in for no missing series`,
        why: `the left side has the labels ${labels}: vector() adds one more result without labels, also when the left side is there`,
        todo: 'aggregate the left side to no labels, or leave it out: a series that ends is not one of value 0',
      };
    }
  },
};

function isVector(expr: Expr): boolean {
  const inner = unwrap(expr);
  return inner.kind === 'call' && inner.name === 'vector';
}
