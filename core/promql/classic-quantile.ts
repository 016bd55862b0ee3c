/** Quantiles and fractions of classic histograms: cumulative counts by upper bound (`le`). */

export interface ClassicBucket {
  upperBound: number;
  /** Observations at most `upperBound`. */
  count: number;
}

/** What had to be repaired: counts of a classic histogram must not fall from bucket to bucket. */
export interface Repair {
  readonly minBound: number;
  readonly maxBound: number;
  readonly maxDifference: number;
}

/** Differences within this share are rounding errors of rates, not faults of the data. */
const SMALL_DELTA = 1e-12;

/** Buckets in order, one per bound, their counts made monotone; undefined when they end short of `+Inf`. */
export function prepare(
  buckets: readonly ClassicBucket[],
): { buckets: ClassicBucket[]; repair: Repair | undefined } | undefined {
  const sorted = buckets.map((bucket) => ({ ...bucket })).sort((a, b) => a.upperBound - b.upperBound);
  if (sorted.at(-1)?.upperBound !== Number.POSITIVE_INFINITY) return undefined;
  const merged: ClassicBucket[] = [];
  for (const bucket of sorted) {
    const last = merged.at(-1);
    if (last?.upperBound === bucket.upperBound) last.count += bucket.count;
    else merged.push(bucket);
  }
  return { buckets: merged, repair: makeMonotone(merged) };
}

function makeMonotone(buckets: ClassicBucket[]): Repair | undefined {
  let repair: { minBound: number; maxBound: number; maxDifference: number } | undefined;
  let previous = buckets[0]?.count ?? 0;
  for (const bucket of buckets.slice(1)) {
    const { count, upperBound } = bucket;
    if (count === previous) continue;
    if (isAlmostEqual(previous, count)) bucket.count = previous;
    else if (count < previous) {
      repair ??= { minBound: upperBound, maxBound: upperBound, maxDifference: 0 };
      repair = {
        minBound: Math.min(repair.minBound, upperBound),
        maxBound: upperBound,
        maxDifference: Math.max(repair.maxDifference, previous - count),
      };
      bucket.count = previous;
    } else previous = count;
  }
  return repair;
}

/** Whether two counts differ by rounding only. */
export function isAlmostEqual(a: number, b: number): boolean {
  const sum = Math.abs(a) + Math.abs(b);
  return sum !== 0 && Math.abs(a - b) / Math.min(sum, Number.MAX_VALUE) < SMALL_DELTA;
}

/** The `q`-quantile, linear within a bucket; the lowest bucket starts at 0 when its bound is positive. */
export function classicQuantile(q: number, buckets: readonly ClassicBucket[]): number {
  if (Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const observations = buckets.at(-1)?.count ?? 0;
  if (buckets.length < 2 || observations === 0) return Number.NaN;
  let rank = q * observations;
  const last = buckets.length - 1;
  let b = 0;
  while (b < last && !((buckets[b] as ClassicBucket).count >= rank)) b += 1;
  if (b === last) return buckets[last - 1]?.upperBound ?? Number.NaN;
  const { upperBound: end, count } = buckets[b] as ClassicBucket;
  if (b === 0 && end <= 0) return end;
  const below = buckets[b - 1];
  const start = below?.upperBound ?? 0;
  rank -= below?.count ?? 0;
  return start + (end - start) * (rank / (count - (below?.count ?? 0)));
}

/** Share of the observations in `(lower, upper]`. */
export function classicFraction(lower: number, upper: number, buckets: readonly ClassicBucket[]): number {
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  return Math.max(0, rankAt(upper, buckets, false) - rankAt(lower, buckets, true)) / total;
}

/** Observations at most `limit`. Of a bucket open below none is counted to the range: neither end can cut it. */
function rankAt(limit: number, buckets: readonly ClassicBucket[], isLower: boolean): number {
  let start = (buckets[0]?.upperBound ?? 0) > 0 ? 0 : Number.NEGATIVE_INFINITY;
  let before = 0;
  for (const { upperBound, count } of buckets) {
    if (start >= limit) return before;
    if (upperBound > limit) {
      if (start === Number.NEGATIVE_INFINITY) return isLower ? count : before;
      return upperBound === Number.POSITIVE_INFINITY
        ? before
        : before + (count - before) * ((limit - start) / (upperBound - start));
    }
    start = upperBound;
    before = count;
  }
  return before;
}
