import type { Call } from '../ast.ts';
import { compareLabels } from '../labels.ts';
import { ascending } from '../quantile.ts';
import { argument, type Scope, type VectorFunction } from '../scope.ts';
import type { VectorSample } from '../values.ts';

/** Order matters to instant queries only: the result of a range query is ordered by labels. */
function byValue(compare: (a: number, b: number) => number): VectorFunction {
  return (call, scope) => {
    tellIneffective(call, scope);
    return scope
      .vector(argument(call, 0))
      .filter(({ histogram }) => histogram === undefined)
      .sort((a, b) => compare(a.value, b.value));
  };
}

function tellIneffective(call: Call, scope: Scope): void {
  if (scope.stepMs === 0) return;
  scope.annotations.warn('sort is ineffective for range queries since results are always ordered by labels', call);
}

function byLabel(direction: 1 | -1): VectorFunction {
  return (call, scope) => {
    tellIneffective(call, scope);
    const names = call.args.slice(1).map((arg) => scope.string(arg));
    return [...scope.vector(argument(call, 0))].sort((a: VectorSample, b: VectorSample) => {
      for (const name of names) {
        const order = natural(a.labels[name] ?? '', b.labels[name] ?? '');
        if (order !== 0) return direction * order;
      }
      return direction * compareLabels(a.labels, b.labels);
    });
  };
}

/** Numbers within texts compare as numbers: `node-9` before `node-10`. */
function natural(a: string, b: string): number {
  const [left, right] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const [x = '', y = ''] = [left[i], right[i]];
    if (x === y) continue;
    const isNumeric = /^\d/.test(x) && /^\d/.test(y);
    const order = isNumeric ? Number(x) - Number(y) : x < y ? -1 : 1;
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Descending, NaN last. */
function descending(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  return Number.isNaN(b) ? -1 : ascending(b, a);
}

/** Ascending, NaN last. */
function ascendingNanLast(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  return Number.isNaN(b) ? -1 : ascending(a, b);
}

export const sortFunctions: Readonly<Record<string, VectorFunction>> = {
  sort: byValue(ascendingNanLast),
  sort_desc: byValue(descending),
  sort_by_label: byLabel(1),
  sort_by_label_desc: byLabel(-1),
};
