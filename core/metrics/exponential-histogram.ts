import type { Buckets, ExponentialHistogram } from './model.ts';

/**
 * Base-2 exponential histograms: recording, merging, subtracting, quantiles.
 *
 * Bucket `i` at scale `s` holds values in `(base^i, base^(i+1)]` with `base = 2^(2^-s)`, so halving the resolution is
 * an exact operation on counts (`i -> i >> 1`): two histograms merge without error beyond the coarser one's.
 * Source: OpenTelemetry metrics data model, "ExponentialHistogram".
 */

/** OpenTelemetry's default: 160 buckets keep the relative error under 5 % over a range of 1 to 20,000. */
const DEFAULT_MAX_BUCKETS = 160;
/** Finest resolution: base 2^(2^-20), the OpenTelemetry SDK's. */
const MAX_SCALE = 20;
/** Coarsest resolution: one bucket spans 2^1024, all of the doubles above 1. */
export const MIN_SCALE = -10;

const EMPTY_BUCKETS: Buckets = { offset: 0, counts: [] };

const SMALLEST_NORMAL = 2 ** -1022;
/** A double and its two halves, little endian on every platform that Node runs on: `bits[1]` is the high one. */
const scratch = new Float64Array(1);
const bits = new Uint32Array(scratch.buffer);
/** Powers of two by scale, 0 to 20, and the factors that turn a natural logarithm into a bucket. */
const SUBDIVISIONS = Array.from({ length: MAX_SCALE + 1 }, (_, scale) => 2 ** scale);
const LOG_FACTORS = SUBDIVISIONS.map((subdivisions) => subdivisions / Math.LN2);

/** The bucket of a magnitude `> 0` at `scale`. Subnormal numbers share the bucket of the smallest normal one. */
export function bucketIndex(magnitude: number, scale: number): number {
  const value = magnitude < SMALLEST_NORMAL ? SMALLEST_NORMAL : magnitude;
  scratch[0] = value;
  const high = bits[1] ?? 0;
  const exponent = ((high >>> 20) & 0x7ff) - 1023;
  const isPowerOfTwo = (high & 0xfffff) === 0 && bits[0] === 0;
  if (scale <= 0) return (isPowerOfTwo ? exponent - 1 : exponent) >> -scale;
  // The logarithm of an exact power of two may round to the wrong side of the bucket's closed upper bound.
  const subdivisions = SUBDIVISIONS[scale] ?? 1;
  if (isPowerOfTwo) return exponent * subdivisions - 1;
  const index = Math.ceil(Math.log(value) * (LOG_FACTORS[scale] ?? 1)) - 1;
  const lowest = exponent * subdivisions;
  const highest = lowest + subdivisions - 1;
  return index < lowest ? lowest : index > highest ? highest : index;
}

/** Upper bound (inclusive) of bucket `index` at `scale`; its lower bound is that of `index - 1`. */
export function bucketUpperBound(index: number, scale: number): number {
  return 2 ** ((index + 1) * 2 ** -scale);
}

/** One sign's buckets while recording: a ring over bucket indices, so that growing at either end moves nothing. */
class BucketRing {
  readonly counts: Float64Array;
  low = 0;
  high = -1;

  constructor(size: number) {
    this.counts = new Float64Array(size);
  }

  get isEmpty(): boolean {
    return this.high < this.low;
  }

  private slot(index: number): number {
    const size = this.counts.length;
    const remainder = index % size;
    return remainder < 0 ? remainder + size : remainder;
  }

  /** How many times the resolution must be halved before `index` (at the present scale) fits. */
  halvingsFor(index: number): number {
    if (this.isEmpty) return 0;
    let low = Math.min(this.low, index);
    let high = Math.max(this.high, index);
    let halvings = 0;
    while (high - low >= this.counts.length) {
      low >>= 1;
      high >>= 1;
      halvings += 1;
    }
    return halvings;
  }

  add(index: number, count: number): void {
    if (this.isEmpty) {
      this.low = index;
      this.high = index;
    } else if (index < this.low) this.low = index;
    else if (index > this.high) this.high = index;
    const slot = this.slot(index);
    this.counts[slot] = (this.counts[slot] ?? 0) + count;
  }

  halve(times: number): void {
    if (this.isEmpty || times === 0) return;
    const { low, high } = this;
    const old = this.toArray();
    this.clear();
    for (let index = low; index <= high; index += 1) {
      const count = old[index - low] ?? 0;
      if (count > 0) this.add(index >> times, count);
    }
  }

  clear(): void {
    this.counts.fill(0);
    this.low = 0;
    this.high = -1;
  }

  toArray(): number[] {
    const out: number[] = [];
    for (let index = this.low; index <= this.high; index += 1) out.push(this.counts[this.slot(index)] ?? 0);
    return out;
  }

  toBuckets(): Buckets {
    return this.isEmpty ? EMPTY_BUCKETS : { offset: this.low, counts: this.toArray() };
  }
}

/** Records observations in constant memory: `2 x maxBuckets` counts, whatever arrives. */
export class ExponentialHistogramRecorder {
  private readonly positive: BucketRing;
  private negative: BucketRing | undefined;
  private readonly maxBuckets: number;
  private scale = MAX_SCALE;
  private count = 0;
  private sum = 0;
  private zeroCount = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;

  constructor(maxBuckets: number = DEFAULT_MAX_BUCKETS) {
    this.maxBuckets = maxBuckets;
    this.positive = new BucketRing(maxBuckets);
  }

  /** Counts `value`. NaN and the infinities are no observations and are ignored. */
  record(value: number): void {
    if (!Number.isFinite(value)) return;
    this.count += 1;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    if (value === 0) this.zeroCount += 1;
    else if (value > 0) this.put(this.positive, value, 1);
    else {
      this.negative ??= new BucketRing(this.maxBuckets);
      this.put(this.negative, -value, 1);
    }
  }

  private put(ring: BucketRing, magnitude: number, count: number): void {
    let index = bucketIndex(magnitude, this.scale);
    const halvings = ring.halvingsFor(index);
    if (halvings > 0) {
      this.positive.halve(halvings);
      this.negative?.halve(halvings);
      this.scale -= halvings;
      index >>= halvings;
    }
    ring.add(index, count);
  }

  snapshot(): ExponentialHistogram {
    return {
      scale: this.scale,
      count: this.count,
      sum: this.sum,
      ...(this.count > 0 ? { min: this.min, max: this.max } : {}),
      zeroCount: this.zeroCount,
      zeroThreshold: 0,
      positive: this.positive.toBuckets(),
      negative: this.negative?.toBuckets() ?? EMPTY_BUCKETS,
    };
  }

  reset(): void {
    this.scale = MAX_SCALE;
    this.count = 0;
    this.sum = 0;
    this.zeroCount = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    this.positive.clear();
    this.negative?.clear();
  }
}

/** The same histogram at a coarser `scale`; exact. */
export function downscale(histogram: ExponentialHistogram, scale: number): ExponentialHistogram {
  const halvings = histogram.scale - scale;
  if (halvings <= 0) return histogram;
  return {
    ...histogram,
    scale,
    positive: halveBuckets(histogram.positive, halvings),
    negative: halveBuckets(histogram.negative, halvings),
  };
}

function halveBuckets(buckets: Buckets, times: number): Buckets {
  if (buckets.counts.length === 0) return buckets;
  const offset = buckets.offset >> times;
  const counts: number[] = [];
  buckets.counts.forEach((count, i) => {
    const slot = ((buckets.offset + i) >> times) - offset;
    counts[slot] = (counts[slot] ?? 0) + count;
  });
  return { offset, counts };
}

/** Whether each bucket of `inner` is one of `outer`: else they cannot be two states of one growing series. */
function covers(outer: Buckets, inner: Buckets): boolean {
  if (inner.counts.length === 0) return true;
  return inner.offset >= outer.offset && inner.offset + inner.counts.length <= outer.offset + outer.counts.length;
}

function combine(a: Buckets, b: Buckets, sign: 1 | -1): Buckets {
  if (b.counts.length === 0) return a;
  if (a.counts.length === 0 && sign === 1) return b;
  const low = Math.min(a.counts.length > 0 ? a.offset : b.offset, b.offset);
  const high = Math.max(a.offset + a.counts.length, b.offset + b.counts.length);
  const counts = Array.from({ length: high - low }, () => 0);
  a.counts.forEach((count, i) => {
    counts[a.offset - low + i] = count;
  });
  b.counts.forEach((count, i) => {
    const slot = b.offset - low + i;
    counts[slot] = (counts[slot] ?? 0) + sign * count;
  });
  return trim({ offset: low, counts });
}

function trim(buckets: Buckets): Buckets {
  let start = 0;
  let end = buckets.counts.length;
  while (start < end && buckets.counts[start] === 0) start += 1;
  while (end > start && buckets.counts[end - 1] === 0) end -= 1;
  if (start === end) return EMPTY_BUCKETS;
  return { offset: buckets.offset + start, counts: buckets.counts.slice(start, end) };
}

/** All observations of both. Keeps at most `maxBuckets` per sign by lowering the resolution. */
export function merge(
  a: ExponentialHistogram,
  b: ExponentialHistogram,
  maxBuckets: number = DEFAULT_MAX_BUCKETS,
): ExponentialHistogram {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const scale = commonScale(a, b, maxBuckets);
  const [left, right] = [downscale(a, scale), downscale(b, scale)];
  const bothBounded =
    left.min !== undefined && right.min !== undefined && left.max !== undefined && right.max !== undefined;
  const { min: _min, max: _max, ...rest } = left;
  return {
    ...rest,
    count: left.count + right.count,
    sum: left.sum + right.sum,
    ...(bothBounded ? { min: Math.min(left.min, right.min), max: Math.max(left.max, right.max) } : {}),
    zeroCount: left.zeroCount + right.zeroCount,
    zeroThreshold: Math.max(left.zeroThreshold, right.zeroThreshold),
    positive: combine(left.positive, right.positive, 1),
    negative: combine(left.negative, right.negative, 1),
  };
}

/** The finest scale at which the buckets of both, laid over each other, number at most `maxBuckets` per sign. */
function commonScale(a: ExponentialHistogram, b: ExponentialHistogram, maxBuckets: number): number {
  const finest = Math.min(a.scale, b.scale);
  let halvings = 0;
  for (const sign of ['positive', 'negative'] as const) {
    const used = [a, b].filter((histogram) => histogram[sign].counts.length > 0);
    let low = Math.min(...used.map((h) => h[sign].offset >> (h.scale - finest)));
    let high = Math.max(...used.map((h) => (h[sign].offset + h[sign].counts.length - 1) >> (h.scale - finest)));
    low >>= halvings;
    high >>= halvings;
    while (used.length > 0 && high - low >= maxBuckets) {
      low >>= 1;
      high >>= 1;
      halvings += 1;
    }
  }
  return Math.max(MIN_SCALE, finest - halvings);
}

/**
 * What was observed between two cumulative snapshots of one series (`later` minus `earlier`), or undefined when
 * `earlier` is not an earlier state of `later` (the series was restarted between them). Extremes are not known.
 */
export function difference(
  later: ExponentialHistogram,
  earlier: ExponentialHistogram,
): ExponentialHistogram | undefined {
  if (later.count < earlier.count || later.scale > earlier.scale) return undefined;
  const before = downscale(earlier, later.scale);
  if (!covers(later.positive, before.positive) || !covers(later.negative, before.negative)) return undefined;
  const positive = combine(later.positive, before.positive, -1);
  const negative = combine(later.negative, before.negative, -1);
  const zeroCount = later.zeroCount - before.zeroCount;
  const isNegative = (count: number): boolean => count < 0;
  if (zeroCount < 0 || positive.counts.some(isNegative) || negative.counts.some(isNegative)) return undefined;
  return {
    scale: later.scale,
    count: later.count - before.count,
    sum: later.sum - before.sum,
    zeroCount,
    zeroThreshold: later.zeroThreshold,
    positive,
    negative,
  };
}

/**
 * The `q`-quantile (0 to 1), or NaN of an empty histogram. Within a bucket the values are taken as evenly spread on a
 * logarithmic axis, as Prometheus does for native histograms; known extremes bound the answer.
 */
export function quantile(histogram: ExponentialHistogram, q: number): number {
  if (histogram.count === 0 || Number.isNaN(q)) return Number.NaN;
  const { min, max } = histogram;
  if (q <= 0 && min !== undefined) return min;
  if (q >= 1 && max !== undefined) return max;
  const value = interpolate(histogram, Math.min(Math.max(q, 0), 1) * histogram.count);
  return Math.max(min ?? value, Math.min(max ?? value, value));
}

function interpolate(histogram: ExponentialHistogram, rank: number): number {
  const { negative, positive, scale } = histogram;
  let seen = 0;
  for (let i = negative.counts.length - 1; i >= 0; i -= 1) {
    const count = negative.counts[i] ?? 0;
    if (count > 0 && seen + count >= rank) {
      return -within(negative.offset + i, scale, 1 - (rank - seen) / count);
    }
    seen += count;
  }
  if (histogram.zeroCount > 0 && seen + histogram.zeroCount >= rank) return 0;
  seen += histogram.zeroCount;
  let highest = 0;
  for (let i = 0; i < positive.counts.length; i += 1) {
    const count = positive.counts[i] ?? 0;
    if (count === 0) continue;
    highest = bucketUpperBound(positive.offset + i, scale);
    if (seen + count >= rank) return within(positive.offset + i, scale, (rank - seen) / count);
    seen += count;
  }
  return highest;
}

function within(index: number, scale: number, fraction: number): number {
  return 2 ** ((index + fraction) * 2 ** -scale);
}
