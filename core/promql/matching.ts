import type { Labels } from '../metrics/model.ts';
import { isComparison } from './arithmetic.ts';
import type { Binary, VectorMatching } from './ast.ts';
import { PromqlEvaluationError } from './errors.ts';
import { dropMetricName, formatLabelSet, keepLabels, keyOfAll, omitLabels, withLabel } from './labels.ts';
import { operate } from './operands.ts';
import type { Scope } from './scope.ts';
import { matchKey } from './set-operators.ts';
import { floatSample, histogramSample, type Vector, type VectorSample } from './values.ts';

/**
 * Arithmetic, comparison and trimming between two vectors: elements that agree in the matching labels make a pair.
 * One side is the "one" side (unique per group of labels), the other may be the "many" side.
 */
export function matchVectors(expr: Binary, left: Vector, right: Vector, scope: Scope): Vector {
  const { matching } = expr;
  const oneIsLeft = matching.cardinality === 'one-to-many';
  const [many, one] = oneIsLeft ? [right, left] : [left, right];
  const [fillMany, fillOne] = oneIsLeft
    ? [matching.fillRight, matching.fillLeft]
    : [matching.fillLeft, matching.fillRight];
  const index = indexOne(matching, one, oneIsLeft ? 'left' : 'right');
  const seen = new Set<string>();
  const matched = new Set<string>();
  const result: VectorSample[] = [];
  const pair = (manySample: VectorSample, oneSample: VectorSample, key: string): void => {
    const [a, b] = oneIsLeft ? [oneSample, manySample] : [manySample, oneSample];
    const outcome = operate(expr, a, b, scope.annotations);
    if (!outcome || (!outcome.keep && !expr.returnBool)) return;
    const labels = resultLabels(expr, manySample.labels, oneSample.labels);
    refuseDuplicate(matching, labels, key, seen);
    if (expr.returnBool) result.push(floatSample(labels, Number(outcome.keep), true));
    else {
      const dropName = manySample.dropName;
      result.push(
        outcome.histogram
          ? histogramSample(labels, outcome.histogram, dropName)
          : floatSample(labels, outcome.value, dropName),
      );
    }
  };
  for (const sample of many) {
    const key = matchKey(matching, sample.labels);
    const partner = index.get(key);
    if (partner) {
      matched.add(key);
      pair(sample, partner, key);
    } else if (fillOne !== undefined) pair(sample, filler(matching, sample.labels, fillOne), key);
  }
  if (fillMany !== undefined) {
    for (const [key, sample] of index) {
      if (!matched.has(key)) pair(filler(matching, sample.labels, fillMany), sample, key);
    }
  }
  return result;
}

/** An element that stands in for a missing partner: the labels of the group, the value given by `fill`. */
function filler(matching: VectorMatching, labels: Labels, value: number): VectorSample {
  const group = matching.on ? keepLabels(labels, matching.labels) : omitLabels(labels, matching.labels);
  return floatSample(group, value, false);
}

function indexOne(matching: VectorMatching, one: Vector, side: 'left' | 'right'): Map<string, VectorSample> {
  const index = new Map<string, VectorSample>();
  for (const sample of one) {
    const key = matchKey(matching, sample.labels);
    const other = index.get(key);
    if (other) {
      const group = matching.on
        ? keepLabels(sample.labels, matching.labels)
        : omitLabels(sample.labels, matching.labels);
      const pair = [other, sample].map(({ labels }) => formatLabelSet(labels)).sort();
      throw new PromqlEvaluationError(
        `found duplicate series for the match group ${formatLabelSet(group)} on the ${side} hand-side of the operation: ` +
          `[${pair.join(', ')}];many-to-many matching not allowed: matching labels must be unique on one side`,
      );
    }
    index.set(key, sample);
  }
  return index;
}

/** The labels of a pair. */
export function resultLabels(expr: Binary, many: Labels, one: Labels): Labels {
  const { matching, op } = expr;
  let labels = isComparison(op) || op === '</' || op === '>/' ? many : dropMetricName(many);
  if (matching.cardinality === 'one-to-one') {
    if (matching.on) labels = keepLabels(labels, matching.labels);
    else if (matching.labels.length > 0) {
      const name = labels.__name__;
      labels = omitLabels(labels, matching.labels);
      if (name !== undefined) labels = withLabel(labels, '__name__', name);
    }
  }
  for (const label of matching.include) labels = withLabel(labels, label, one[label] ?? '');
  return labels;
}

function refuseDuplicate(matching: VectorMatching, labels: Labels, key: string, seen: Set<string>): void {
  const id = matching.cardinality === 'one-to-one' ? key : `${key}\u0002${keyOfAll(labels)}`;
  if (seen.has(id)) {
    throw new PromqlEvaluationError(
      matching.cardinality === 'one-to-one'
        ? 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'
        : 'multiple matches for labels: grouping labels must ensure unique matches',
    );
  }
  seen.add(id);
}
