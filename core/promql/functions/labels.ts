import type { Labels } from '../../metrics/model.ts';
import { PromqlEvaluationError } from '../errors.ts';
import { keyOfAll, withLabel } from '../labels.ts';
import { compileAnchored, expandMatch } from '../regex.ts';
import { argument, type VectorFunction } from '../scope.ts';
import type { Vector, VectorSample } from '../values.ts';

/** Functions that change labels. Setting `__name__` keeps the new name. */
function relabel(vector: Vector, name: string, textOf: (sample: VectorSample) => string | undefined): Vector {
  const seen = new Set<string>();
  return vector.map((sample) => {
    const value = textOf(sample);
    const changed =
      value === undefined
        ? sample
        : {
            ...sample,
            labels: withLabel(sample.labels, name, value),
            dropName: name === '__name__' ? false : sample.dropName,
          };
    const key = keyOfAll(changed.labels);
    if (seen.has(key)) throw new PromqlEvaluationError('vector cannot contain metrics with the same labelset');
    seen.add(key);
    return changed;
  });
}

/** The new value of a label by the source's; undefined: it stays as it is. Throws for a wrong regular expression. */
export function replaced(pattern: string, replacement: string): (source: string) => string | undefined {
  const regex = compileAnchored(pattern);
  return (source) => {
    const match = regex.exec(source);
    return match && expandMatch(replacement, match);
  };
}

export function joined(labels: Labels, separator: string, sources: readonly string[]): string {
  return sources.map((source) => labels[source] ?? '').join(separator);
}

export const labelFunctions: Readonly<Record<string, VectorFunction>> = {
  label_replace: (call, scope) => {
    const [target, replacement, source, pattern] = [1, 2, 3, 4].map((i) => scope.string(argument(call, i))) as [
      string,
      string,
      string,
      string,
    ];
    let value: ReturnType<typeof replaced>;
    try {
      value = replaced(pattern, replacement);
    } catch (error) {
      throw new PromqlEvaluationError(`label_replace(): ${(error as Error).message}`);
    }
    if (target === '') throw new PromqlEvaluationError(`invalid destination label name in label_replace(): ${target}`);
    return relabel(scope.vector(argument(call, 0)), target, ({ labels }) => value(labels[source] ?? ''));
  },
  label_join: (call, scope) => {
    const [target = '', separator = '', ...sources] = call.args.slice(1).map((arg) => scope.string(arg));
    if (target === '') throw new PromqlEvaluationError(`invalid destination label name in label_join(): ${target}`);
    return relabel(scope.vector(argument(call, 0)), target, ({ labels }) => joined(labels, separator, sources));
  },
};
