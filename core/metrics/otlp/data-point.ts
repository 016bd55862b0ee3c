import type { Buckets, ExponentialHistogram, Point } from '../model.ts';
import { labelName } from './attributes.ts';
import { millisFromNanos } from './int64.ts';
import { readKeyValue } from './key-value.ts';
import type { OtlpReader } from './reader.ts';

/**
 * One OTLP data point before it becomes points of our model: what its metric is may follow it. One shape for all forms,
 * which is what makes reading them fast.
 */
export interface DataPoint {
  readonly labels: Record<string, string>;
  startMs: number;
  timeMs: number;
  /** Of a gauge or a sum. */
  value: number;
  readonly histogram: ExponentialFields | ClassicFields | undefined;
}

interface ExponentialFields {
  readonly form: 'exponential';
  count: number;
  sum: number;
  min: number | undefined;
  max: number | undefined;
  scale: number;
  zeroCount: number;
  zeroThreshold: number;
  positive: Buckets;
  negative: Buckets;
}

interface ClassicFields {
  readonly form: 'classic';
  count: number;
  sum: number;
  readonly bounds: number[];
  readonly counts: number[];
}

export type Form = 'gauge' | 'sum' | 'classic' | 'exponential';

const NO_BUCKETS: Buckets = { offset: 0, counts: [] };
/** A message may claim any number of buckets; 160 is the usual maximum, beyond this one it is no histogram. */
const MOST_BUCKETS = 20_000;

/** Field that holds the attributes, which differs by form. */
const ATTRIBUTES_FIELD = { gauge: 7, sum: 7, classic: 9, exponential: 1 } as const;

export function readDataPoint(reader: OtlpReader, form: Form): DataPoint {
  const point: DataPoint = { labels: {}, startMs: 0, timeMs: 0, value: 0, histogram: emptyHistogram(form) };
  const attributesField = ATTRIBUTES_FIELD[form];
  const end = reader.end();
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = tag >>> 3;
    if (field === attributesField) readKeyValue(reader, point.labels, labelName);
    else if (field === 2) point.startMs = millisFromNanos(reader.fixed64Number());
    else if (field === 3) point.timeMs = millisFromNanos(reader.fixed64Number());
    else if (!readValue(reader, field, point)) reader.skipType(tag & 7);
  }
  return point;
}

function emptyHistogram(form: Form): DataPoint['histogram'] {
  if (form === 'classic') return { form, count: 0, sum: 0, bounds: [], counts: [] };
  if (form !== 'exponential') return undefined;
  return {
    form,
    count: 0,
    sum: 0,
    min: undefined,
    max: undefined,
    scale: 0,
    zeroCount: 0,
    zeroThreshold: 0,
    positive: NO_BUCKETS,
    negative: NO_BUCKETS,
  };
}

/** @returns false for a field that the form does not have, or we do not need */
function readValue(reader: OtlpReader, field: number, point: DataPoint): boolean {
  const { histogram } = point;
  if (histogram?.form === 'exponential') return readExponential(reader, field, histogram);
  if (histogram?.form === 'classic') return readClassic(reader, field, histogram);
  if (field === 4) point.value = reader.double();
  else if (field === 6) point.value = reader.sfixed64Number();
  else return false;
  return true;
}

function readExponential(reader: OtlpReader, field: number, histogram: ExponentialFields): boolean {
  switch (field) {
    case 4:
      histogram.count = reader.fixed64Number();
      return true;
    case 5:
      histogram.sum = reader.double();
      return true;
    case 6:
      histogram.scale = reader.sint32();
      return true;
    case 7:
      histogram.zeroCount = reader.fixed64Number();
      return true;
    case 8:
      histogram.positive = readBuckets(reader);
      return true;
    case 9:
      histogram.negative = readBuckets(reader);
      return true;
    case 12:
      histogram.min = reader.double();
      return true;
    case 13:
      histogram.max = reader.double();
      return true;
    case 14:
      histogram.zeroThreshold = reader.double();
      return true;
    default:
      return false;
  }
}

function readBuckets(reader: OtlpReader): Buckets {
  const end = reader.end();
  let offset = 0;
  const counts: number[] = [];
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) offset = reader.sint32();
    else if (tag === 0x12) {
      const packedEnd = reader.end();
      while (reader.pos < packedEnd) counts.push(reader.uint64Number());
    } else if (tag === 0x10) counts.push(reader.uint64Number());
    else reader.skipType(tag & 7);
    if (counts.length > MOST_BUCKETS) throw new RangeError(`a histogram has more than ${MOST_BUCKETS} buckets`);
  }
  return { offset, counts };
}

function readClassic(reader: OtlpReader, field: number, histogram: ClassicFields): boolean {
  if (field === 4) histogram.count = reader.fixed64Number();
  else if (field === 5) histogram.sum = reader.double();
  else if (field === 6) readPacked(reader, () => histogram.counts.push(reader.fixed64Number()));
  else if (field === 7) readPacked(reader, () => histogram.bounds.push(reader.double()));
  else return false;
  return true;
}

function readPacked(reader: OtlpReader, readOne: () => void): void {
  const end = reader.end();
  while (reader.pos < end) readOne();
}

export interface MetricHead {
  readonly name: string;
  readonly form: Form;
  readonly isRollup: boolean;
  readonly monotonic: boolean;
}

/**
 * Adds a data point as points of our model to `into`: one, or for a classic histogram one counter a bucket plus sum and
 * count.
 */
export function addPoints(into: Point[], data: DataPoint, { name, form, isRollup, monotonic }: MetricHead): void {
  const { labels, startMs, timeMs, value, histogram } = data;
  if (histogram?.form === 'classic') {
    into.push(...classicPoints(data, histogram, name));
  } else if (histogram) {
    const kind = isRollup ? 'rollup' : 'histogram';
    into.push({ kind, name, labels, startMs, timeMs, histogram: exponentialHistogram(histogram) });
  } else if (form === 'sum' && monotonic) {
    into.push({ kind: 'counter', name, labels, startMs, timeMs, value });
  } else {
    // A sum that may fall (an UpDownCounter) behaves as a gauge.
    into.push({ kind: 'gauge', name, labels, timeMs, value });
  }
}

/** Field by field: a rest or spread of them takes as long as reading them. */
function exponentialHistogram(fields: ExponentialFields): ExponentialHistogram {
  const { scale, count, sum, min, max, zeroCount, zeroThreshold, positive, negative } = fields;
  if (min === undefined || max === undefined) {
    return { scale, count, sum, zeroCount, zeroThreshold, positive, negative };
  }
  return { scale, count, sum, min, max, zeroCount, zeroThreshold, positive, negative };
}

function classicPoints(
  { labels, startMs, timeMs }: DataPoint,
  { bounds, counts, sum, count }: ClassicFields,
  name: string,
): Point[] {
  let cumulative = 0;
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound, i): Point => {
    cumulative += counts[i] ?? 0;
    const le = bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound);
    return { kind: 'counter', name: `${name}_bucket`, labels: { ...labels, le }, startMs, timeMs, value: cumulative };
  });
  return [
    ...buckets,
    { kind: 'counter', name: `${name}_sum`, labels, startMs, timeMs, value: sum },
    { kind: 'counter', name: `${name}_count`, labels, startMs, timeMs, value: count },
  ];
}
