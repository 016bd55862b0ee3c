import type { Labels } from '../../metrics/model.ts';
import { type Expr, unwrap } from '../ast.ts';
import { argument, type VectorFunction } from '../scope.ts';
import { floatSample } from '../values.ts';

/** Labels that the missing series would have: those the selector asks for by equality, once each. */
export function labelsOfSelector(expr: Expr): Labels {
  const inner = unwrap(expr);
  const selector = inner.kind === 'range' ? inner.selector : inner;
  if (selector.kind !== 'selector') return {};
  const labels: Record<string, string> = {};
  const conflicting = new Set<string>();
  for (const { name, op, value } of selector.matchers) {
    if (name === '__name__') continue;
    if (op === '=' && !(name in labels) && !conflicting.has(name)) labels[name] = value;
    else {
      delete labels[name];
      conflicting.add(name);
    }
  }
  for (const name of Object.keys(labels)) if (labels[name] === '') delete labels[name];
  return labels;
}

export const absentFunctions: Readonly<Record<string, VectorFunction>> = {
  absent: (call, scope) => {
    const expr = argument(call, 0);
    return scope.vector(expr).length > 0 ? [] : [floatSample(labelsOfSelector(expr), 1, false)];
  },
  absent_over_time: (call, scope) => {
    const expr = argument(call, 0);
    return scope.matrix(expr).length > 0 ? [] : [floatSample(labelsOfSelector(expr), 1, false)];
  },
};
