import type { Group } from './aggregation.ts';
import type { Aggregation } from './ast.ts';
import { PromqlEvaluationError } from './errors.ts';
import { formatHistogram, formatValue } from './format.ts';
import { keepLabels, keyOfAll, omitLabels, withLabel } from './labels.ts';
import type { Scope } from './scope.ts';
import { floatSample, type Vector, type VectorSample } from './values.ts';

/** Aggregations that choose among the elements, or that group by their values. */

/** `k` as a count of elements: at least 1, else none. */
function wholeCount(k: number): number {
  if (Number.isNaN(k)) throw new PromqlEvaluationError('Parameter value is NaN');
  if (k > Number.MAX_SAFE_INTEGER || k < Number.MIN_SAFE_INTEGER) {
    throw new PromqlEvaluationError(`Scalar value ${k} ${k > 0 ? 'over' : 'under'}flows int64`);
  }
  return Math.trunc(k);
}

/** `topk` and `bottomk`: the extreme elements of each group, best first. NaN is worse than every number. */
export function rank({ op, expr }: Aggregation, groups: Iterable<Group>, k: number, scope: Scope): Vector {
  const count = wholeCount(k);
  const direction = op === 'topk' ? -1 : 1;
  const result: VectorSample[] = [];
  for (const { samples } of groups) {
    const floats = samples.filter(({ histogram }) => histogram === undefined);
    if (floats.length < samples.length) scope.annotations.info(`ignored histogram in ${op} aggregation`, expr);
    if (count < 1) continue;
    floats.sort((a, b) => {
      if (Number.isNaN(a.value)) return Number.isNaN(b.value) ? 0 : 1;
      if (Number.isNaN(b.value)) return -1;
      return direction * (a.value - b.value) || 0;
    });
    result.push(...floats.slice(0, count));
  }
  return result;
}

/** `limitk`: any `k` elements of each group; the same ones as long as the series stay. */
export function limit(groups: Iterable<Group>, k: number): Vector {
  const count = wholeCount(k);
  return count < 1 ? [] : [...groups].flatMap(({ samples }) => samples.slice(0, count));
}

/**
 * `limit_ratio`: about this share of the elements, chosen by a hash of their labels. A negative ratio chooses exactly
 * those that `1 + ratio` leaves out.
 */
export function limitRatio({ parameter, expr }: Aggregation, vector: Vector, ratio: number, scope: Scope): Vector {
  if (Number.isNaN(ratio)) throw new PromqlEvaluationError('Ratio value is NaN');
  const capped = Math.min(1, Math.max(-1, ratio));
  if (capped !== ratio) {
    scope.annotations.warn(
      `ratio value should be between -1 and 1, got ${ratio}, capping to ${capped}`,
      parameter ?? expr,
    );
  }
  return vector.filter(({ labels }) => {
    const place = hash(keyOfAll(labels)) / 2 ** 32;
    return capped >= 0 ? place < capped : place >= 1 + capped;
  });
}

/** FNV-1a with a final mix, 32 bits: even enough to choose by. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** `count_values`: how many elements have each value; the value becomes a label. */
export function countValues(aggregation: Aggregation, vector: Vector, scope: Scope): Vector {
  const { grouping, without, parameter } = aggregation;
  const label = parameter ? scope.string(parameter) : '';
  if (label === '') throw new PromqlEvaluationError('count_values needs a label name, got ""');
  const counts = new Map<string, { sample: VectorSample; labels: VectorSample['labels']; count: number }>();
  for (const sample of vector) {
    const text = sample.histogram ? formatHistogram(sample.histogram) : formatValue(sample.value);
    const group = without ? omitLabels(sample.labels, [...grouping, label]) : keepLabels(sample.labels, grouping);
    const labels = withLabel(group, label, text);
    const key = keyOfAll(labels);
    const known = counts.get(key);
    if (known) known.count += 1;
    else counts.set(key, { sample, labels, count: 1 });
  }
  return [...counts.values()].map(({ sample, labels, count }) => floatSample(labels, count, sample.dropName));
}
