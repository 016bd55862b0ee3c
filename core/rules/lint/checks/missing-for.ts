import { children, type Expr, walk } from '../../../promql/ast.ts';
import { metricNameOf } from '../../../promql/matchers.ts';
import { isComparison } from '../bounds.ts';
import { alertCheck, textOf } from '../check.ts';
import { BUILT_IN, knownMetric } from '../metrics.ts';

const COUNTER_NAME = /(_total|_count|_sum|_bucket)$/;

/** A value of one moment is compared, and nothing asks that it lasts. */
export const missingFor = alertCheck('missing-for', function* (rule, { places }) {
  // A `for` that is written, be it 0s, is a decision.
  if (places.has('for') || places.has('keep_firing_for') || looksAtTime(rule.query)) return;
  for (const node of walk(rule.query)) {
    if (!isComparison(node) || node.returnBool) continue;
    const gauge = momentary(node.left) ?? momentary(node.right);
    if (gauge === undefined) continue;
    yield {
      severity: 'warning',
      place: places.field('alert'),
      what: `${textOf(rule, node)} compares what ${gauge} is at one moment, and there is no for`,
      why: 'a single value fires the alert and the next one resolves it: people learn to ignore it',
      todo: 'say how long it must last (for: 1m), or look at a range (avg_over_time); if at once is right: for: 0s',
    };
    return;
  }
});

/** The name of a gauge whose newest value is looked at. */
function momentary(expr: Expr): string | undefined {
  if (expr.kind === 'range' || expr.kind === 'subquery') return undefined;
  if (expr.kind === 'call' && expr.name.startsWith('absent')) return undefined;
  if (expr.kind === 'selector') {
    const name = metricNameOf(expr.matchers);
    if (name === undefined || name.includes(':') || (BUILT_IN.has(name) && name !== 'up')) return undefined;
    const known = knownMetric(name);
    return (known ? known.kind === 'gauge' : !COUNTER_NAME.test(name)) ? name : undefined;
  }
  for (const child of children(expr)) {
    const name = momentary(child);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** `time() - x > 90` asks for a duration itself. */
function looksAtTime(expr: Expr): boolean {
  return [...walk(expr)].some((node) => node.kind === 'call' && (node.name === 'time' || node.name === 'timestamp'));
}
