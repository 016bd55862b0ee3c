import { type Expr, unwrap, walk } from '../../../promql/ast.ts';
import { typeOf } from '../../../promql/typecheck.ts';
import { isComparison, verdict } from '../bounds.ts';
import { alertCheck, textOf } from '../check.ts';

/** A comparison that every value satisfies, or none at all: the alert fires whenever there is data. */
export const alwaysTrue = alertCheck('always-true', function* (rule, { places }) {
  for (const node of walk(rule.query)) {
    if (!isComparison(node) || node.returnBool || verdict(node) !== 'always' || isExistence(node.left)) continue;
    yield {
      severity: 'error',
      place: places.expr(node.start),
      what: `${textOf(rule, node)} always holds`,
      why: 'no value there can be fails it: the alert fires as long as there is data',
      todo: 'compare with a value within the range (a ratio is 0 to 1, not per cent)',
    };
  }
  if (conditional(rule.query)) return;
  const isConstant = ![...walk(rule.query)].some(({ kind }) => kind === 'selector');
  yield {
    severity: 'warning',
    place: places.expr(0),
    what: `${textOf(rule, rule.query)} has no condition`,
    why: isConstant
      ? 'the alert always fires, which is right for a dead-man’s switch only'
      : 'the alert fires for every series there is, whatever its value, 0 included',
    todo: isConstant
      ? 'if it is one, disable this check and say so'
      : 'compare it: ... > 0; if existence is the condition, disable this check and say so',
  };
});

/** `count(x) > 0` asks whether there is anything: what is looked at is the filter inside, or the existence. */
function isExistence(expr: Expr): boolean {
  const inner = unwrap(expr);
  if (inner.kind === 'aggregation') return inner.op === 'count' || inner.op === 'group' || isExistence(inner.expr);
  if (inner.kind === 'call') return /^(absent|present|count)/.test(inner.name);
  return conditional(inner);
}

/** Whether something in it decides which series are in the result. */
function conditional(expr: Expr): boolean {
  return [...walk(expr)].some(
    (node) =>
      (node.kind === 'binary' &&
        ((isComparison(node) && (!node.returnBool || typeOf(node) === 'scalar')) ||
          node.op === 'and' ||
          node.op === 'unless')) ||
      (node.kind === 'call' && node.name.startsWith('absent')) ||
      // What fires already is a condition by itself.
      (node.kind === 'selector' && node.matchers.some(({ name, value }) => name === '__name__' && value === 'ALERTS')),
  );
}
