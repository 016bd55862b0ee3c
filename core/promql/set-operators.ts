import type { Labels } from '../metrics/model.ts';
import type { Binary, VectorMatching } from './ast.ts';
import { keyIgnoring, keyOn } from './labels.ts';
import type { Vector } from './values.ts';

/** The text that two elements have in common when they match. */
export function matchKey(matching: VectorMatching, labels: Labels): string {
  return matching.on ? keyOn(labels, matching.labels) : keyIgnoring(labels, matching.labels);
}

/** `and`, `or`, `unless`: many to many. */
export function evaluateSetOperator({ op, matching }: Binary, left: Vector, right: Vector): Vector {
  if (left.length === 0) return op === 'or' ? right : left;
  if (right.length === 0) return op === 'and' ? right : left;
  if (op === 'or') {
    const known = new Set(left.map(({ labels }) => matchKey(matching, labels)));
    return [...left, ...right.filter(({ labels }) => !known.has(matchKey(matching, labels)))];
  }
  const known = new Set(right.map(({ labels }) => matchKey(matching, labels)));
  return left.filter(({ labels }) => known.has(matchKey(matching, labels)) === (op === 'and'));
}
