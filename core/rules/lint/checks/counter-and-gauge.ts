import { children, type Expr, unwrap, walk } from '../../../promql/ast.ts';
import { metricNameOf } from '../../../promql/matchers.ts';
import { isComparison } from '../bounds.ts';
import { type Check, textOf } from '../check.ts';
import { knownMetric } from '../metrics.ts';

const OF_COUNTERS: ReadonlySet<string> = new Set(['rate', 'irate', 'increase', 'resets']);
const OF_GAUGES: ReadonlySet<string> = new Set(
  'delta idelta deriv predict_linear avg_over_time min_over_time max_over_time sum_over_time'.split(' '),
);

/** Functions of counters on gauges and the other way round, and counters that are compared as they stand. */
export const counterAndGauge: Check = {
  name: 'counter-and-gauge',
  *run(rule, { places }) {
    for (const node of walk(rule.query)) {
      if (node.kind === 'call') {
        const range = node.args.map(unwrap).find((arg) => arg.kind === 'range');
        const name = range && metricNameOf(range.selector.matchers);
        const kind = name === undefined ? undefined : knownMetric(name)?.kind;
        if (OF_COUNTERS.has(node.name) && kind === 'gauge') {
          yield {
            severity: 'error',
            place: places.expr(node.start),
            what: `${textOf(rule, node)}: ${name} is a gauge`,
            why: `${node.name}() takes every fall for a restart of a counter, and adds it up`,
            todo: 'use delta() or deriv() for how a gauge changes, avg_over_time() for what it is',
          };
        } else if (OF_GAUGES.has(node.name) && kind === 'counter') {
          yield {
            severity: 'error',
            place: places.expr(node.start),
            what: `${textOf(rule, node)}: ${name} is a counter`,
            why: 'it counts since the process began and falls to 0 with every restart',
            todo: 'use increase() for how many, rate() for how many a second',
          };
        }
      } else if (isComparison(node) && rule.kind === 'alerting') {
        for (const [side, other] of [[node.left, node.right] as const, [node.right, node.left] as const]) {
          const name = rawCounter(side);
          if (name === undefined || unwrap(other).kind !== 'number') continue;
          yield {
            severity: 'warning',
            place: places.expr(node.start),
            what: `${textOf(rule, node)} compares the total of ${name} since the process began`,
            why: 'once above, it stays above until the process restarts: the alert hardly ever resolves',
            todo: 'compare increase(...[5m]) or rate(...[5m])',
          };
        }
      }
    }
  },
};

/** A counter of the catalogue that is summed up at most, not rated. */
function rawCounter(expr: Expr): string | undefined {
  const inner = unwrap(expr);
  if (inner.kind === 'selector') {
    const name = metricNameOf(inner.matchers);
    return name !== undefined && knownMetric(name)?.kind === 'counter' ? name : undefined;
  }
  if (inner.kind !== 'aggregation' || inner.op === 'count' || inner.op === 'group') return undefined;
  return children(inner)
    .map(rawCounter)
    .find((name) => name !== undefined);
}
