import { isAlmostEqual } from '../classic-quantile.ts';
import { groupKey, parseBound } from '../functions/histograms.ts';
import { omitLabels, withLabel } from '../labels.ts';
import { anyOf, keepsOrder } from './aggregation.ts';
import { type Column, type Element, EMPTY, type ScalarOperator, type VectorOperator } from './columns.ts';

/** A classic histogram: the columns of its buckets. */
interface Histogram extends Element {
  /** In the order of the elements. */
  readonly members: number[];
  readonly bounds: number[];
}

/** `histogram_quantile` over classic buckets: whose bucket is whose, and their order, found once. */
export function histogramQuantile(q: ScalarOperator, vector: VectorOperator): VectorOperator {
  const histograms = histogramsOf(vector);
  // By bound; equal bounds (`le="1"` and `le="1.0"`) keep their order.
  const ascending = histograms.map(({ members, bounds }) => {
    const order = members.map((_, i) => i).sort((a, b) => bounds[a]! - bounds[b]! || a - b);
    return { members: order.map((i) => members[i]!), bounds: Float64Array.from(order, (i) => bounds[i]!) };
  });
  return {
    elements: histograms,
    run(steps, arena) {
      const { count } = steps;
      const { columns, ordered } = vector.run(steps, arena);
      const quantiles = q(steps, arena);
      const results = ascending.map(({ members, bounds }): Column => {
        const buckets = members.map((i) => columns[i]!);
        const there = buckets.filter((bucket) => bucket.count > 0);
        if (there.length === 0) return EMPTY;
        const { present, number } = anyOf(there, count, arena);
        const values = arena.floats(count);
        const [ends, counts] = [arena.floats(bounds.length), arena.floats(bounds.length)];
        for (let k = 0; k < count; k += 1) {
          if (present[k] === 0) continue;
          const length = gather(buckets, bounds, k, ends, counts);
          values[k] = quantile(quantiles[k]!, ends, counts, length);
        }
        return { values, present, count: number };
      });
      return { columns: results, ordered: ordered && keepsOrder(histograms, columns, count) };
    },
  };
}

function histogramsOf({ elements }: VectorOperator): Histogram[] {
  const byKey = new Map<string, Histogram>();
  elements.forEach(({ labels }, i) => {
    const bound = parseBound(labels.le);
    if (bound === undefined) return;
    const key = groupKey(labels);
    const known = byKey.get(key);
    if (known) {
      known.members.push(i);
      known.bounds.push(bound);
      return;
    }
    const rest = omitLabels(labels, ['le']);
    const name = labels.__name__;
    const own = name === undefined ? rest : withLabel(rest, '__name__', name);
    byKey.set(key, { labels: own, dropName: true, members: [i], bounds: [bound] });
  });
  return [...byKey.values()];
}

/** The buckets of one step, one per bound. @returns how many; 0 when they end short of `+Inf` */
function gather(
  buckets: readonly Column[],
  bounds: Float64Array,
  k: number,
  ends: Float64Array,
  counts: Float64Array,
): number {
  let length = 0;
  for (let b = 0; b < buckets.length; b += 1) {
    const { present, values, count } = buckets[b]!;
    if (count === 0 || present[k] === 0) continue;
    const bound = bounds[b]!;
    if (length > 0 && ends[length - 1] === bound) counts[length - 1] = counts[length - 1]! + values[k]!;
    else {
      ends[length] = bound;
      counts[length] = values[k]!;
      length += 1;
    }
  }
  return length > 0 && ends[length - 1] === Number.POSITIVE_INFINITY ? length : 0;
}

/** As `classicQuantile` of the engine, on arrays. */
function quantile(q: number, ends: Float64Array, counts: Float64Array, length: number): number {
  if (Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  let previous = counts[0]!;
  for (let b = 1; b < length; b += 1) {
    const count = counts[b]!;
    if (count === previous) continue;
    if (isAlmostEqual(previous, count) || count < previous) counts[b] = previous;
    else previous = count;
  }
  const last = length - 1;
  const observations = length > 0 ? counts[last]! : 0;
  if (length < 2 || observations === 0) return Number.NaN;
  let rank = q * observations;
  let b = 0;
  while (b < last && !(counts[b]! >= rank)) b += 1;
  if (b === last) return ends[last - 1]!;
  const end = ends[b]!;
  if (b === 0 && end <= 0) return end;
  const start = b === 0 ? 0 : ends[b - 1]!;
  const below = b === 0 ? 0 : counts[b - 1]!;
  rank -= below;
  return start + (end - start) * (rank / (counts[b]! - below));
}
