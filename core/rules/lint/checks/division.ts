import { unwrap, walk } from '../../../promql/ast.ts';
import { boundsOf, isComparison } from '../bounds.ts';
import { type Check, textOf } from '../check.ts';

/** Division by 0 gives infinity, which is above every limit, or NaN, which satisfies no condition but `!=`. */
export const division: Check = {
  name: 'division-by-zero',
  *run(rule, { places }) {
    for (const node of walk(rule.query)) {
      if (node.kind === 'binary' && (node.op === '/' || node.op === '%')) {
        const { low, high } = boundsOf(node.right);
        if (low === 0 && high === 0) {
          yield {
            severity: 'error',
            place: places.expr(node.right.start),
            what: `${textOf(rule, node)} divides by 0`,
            why: 'the result is infinity or NaN, never a number',
            todo: 'divide by what was meant',
          };
        }
      }
      if (!isComparison(node) || node.returnBool || node.op !== '!=') continue;
      const quotient = [unwrap(node.left), unwrap(node.right)].find(
        (side) => side.kind === 'binary' && side.op === '/',
      );
      if (quotient?.kind !== 'binary' || boundsOf(quotient.right).low > 0) continue;
      if (unwrap(quotient.right).kind === 'number') continue;
      yield {
        severity: 'warning',
        place: places.expr(node.start),
        what: `${textOf(rule, node)} also holds where ${textOf(rule, quotient.right)} is 0`,
        why: '0 / 0 is NaN, which is unequal to everything: the alert fires where nothing happens',
        todo: `divide only where there is something: / (${textOf(rule, quotient.right)} > 0)`,
      };
    }
  },
};
