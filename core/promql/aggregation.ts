import type { Labels } from '../metrics/model.ts';
import { type Accumulator, accumulators } from './accumulators.ts';
import type { Aggregation } from './ast.ts';
import { formatShort } from './format.ts';
import { keepLabels, keyIgnoring, keyOn, NO_LABELS, omitLabels } from './labels.ts';
import type { Scope } from './scope.ts';
import { countValues, limit, limitRatio, rank } from './selections.ts';
import { floatSample, histogramSample, type Vector, type VectorSample } from './values.ts';

export interface Group {
  readonly labels: Labels;
  readonly samples: VectorSample[];
  readonly dropName: boolean;
}

/** `sum by (...) (...)` and its siblings. */
export function evaluateAggregation(expr: Aggregation, scope: Scope): Vector {
  const { op } = expr;
  const parameter = expr.parameter && op !== 'count_values' ? scope.scalar(expr.parameter) : Number.NaN;
  const vector = scope.vector(expr.expr);
  if (op === 'count_values') return countValues(expr, vector, scope);
  if (op === 'topk' || op === 'bottomk') return rank(expr, groupsOf(expr, vector), parameter, scope);
  if (op === 'limitk') return limit(groupsOf(expr, vector), parameter);
  if (op === 'limit_ratio') return limitRatio(expr, vector, parameter, scope);
  if (op === 'quantile' && vector.length > 0 && !(parameter >= 0 && parameter <= 1)) {
    scope.annotations.warn(
      `quantile value should be between 0 and 1, got ${formatShort(parameter)}`,
      expr.parameter ?? expr,
    );
  }
  const result: VectorSample[] = [];
  for (const { labels, samples, dropName } of groupsOf(expr, vector)) {
    const accumulator: Accumulator = accumulators[op](parameter);
    for (const sample of samples) accumulator.add(sample);
    const outcome = accumulator.result(expr, scope.annotations);
    if (outcome === undefined) continue;
    result.push(
      typeof outcome === 'number' ? floatSample(labels, outcome, dropName) : histogramSample(labels, outcome, dropName),
    );
  }
  return result;
}

/** The groups, in order of their first elements. */
export function groupsOf({ grouping, without }: Aggregation, vector: Vector): Iterable<Group> {
  if (!without && grouping.length === 0) {
    const first = vector[0];
    return first ? [{ labels: NO_LABELS, samples: vector as VectorSample[], dropName: first.dropName }] : [];
  }
  const groups = new Map<string, Group>();
  for (const sample of vector) {
    const key = without ? keyIgnoring(sample.labels, grouping) : keyOn(sample.labels, grouping);
    const group = groups.get(key);
    if (group) group.samples.push(sample);
    else {
      const labels = without ? omitLabels(sample.labels, grouping) : keepLabels(sample.labels, grouping);
      groups.set(key, { labels, samples: [sample], dropName: sample.dropName });
    }
  }
  return groups.values();
}
