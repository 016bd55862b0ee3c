import { children, type Expr, walk } from '../../../promql/ast.ts';
import { metricNameOf } from '../../../promql/matchers.ts';
import { type Check, textOf } from '../check.ts';

/** A percentile of everything since the process began. */
export const quantileOfTotals: Check = {
  name: 'quantile-of-totals',
  *run(rule, { places }) {
    for (const node of walk(rule.query)) {
      if (node.kind !== 'call' || node.name !== 'histogram_quantile') continue;
      const buckets = node.args.slice(1).map(rawBuckets).find(Boolean);
      if (buckets === undefined) continue;
      yield {
        severity: 'warning',
        place: places.expr(node.start),
        what: `${textOf(rule, node)} takes ${buckets} as it stands`,
        why: 'it counts since the process began: after a good hour a bad minute moves nothing, after a bad start it stays high',
        todo: `take what came of late: rate(${buckets}[5m])`,
      };
    }
  },
};

function rawBuckets(expr: Expr): string | undefined {
  if (expr.kind === 'range' || expr.kind === 'subquery') return undefined;
  if (expr.kind === 'selector') {
    const name = metricNameOf(expr.matchers);
    // A recorded series has been rated where it was recorded.
    return name?.endsWith('_bucket') && !name.includes(':') ? name : undefined;
  }
  return children(expr).map(rawBuckets).find(Boolean);
}
