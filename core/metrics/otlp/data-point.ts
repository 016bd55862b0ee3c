import type protobuf from 'protobufjs/minimal.js';
import type { Buckets, Point } from '../model.ts';
import { labelName } from './attributes.ts';
import { millisFromNanos, toNumber } from './int64.ts';
import { readKeyValue } from './key-value.ts';

type Reader = protobuf.Reader;

/** One OTLP data point of any form, before it becomes points of our model. */
export interface DataPoint {
  readonly form: 'gauge' | 'sum' | 'classic' | 'exponential';
  labels: Record<string, string>;
  startMs: number;
  timeMs: number;
  value: number;
  count: number;
  sum: number;
  min?: number;
  max?: number;
  scale: number;
  zeroCount: number;
  zeroThreshold: number;
  positive: Buckets;
  negative: Buckets;
  bounds: number[];
  counts: number[];
}

const NO_BUCKETS: Buckets = { offset: 0, counts: [] };
/** A message may claim any number of buckets; 160 is the usual maximum, beyond this one it is no histogram. */
const MOST_BUCKETS = 20_000;

/** Field that holds the attributes, which differs by form. */
const ATTRIBUTES_FIELD = { gauge: 7, sum: 7, classic: 9, exponential: 1 } as const;

export function readDataPoint(reader: Reader, form: DataPoint['form']): DataPoint {
  const point: DataPoint = {
    form,
    labels: {},
    startMs: 0,
    timeMs: 0,
    value: 0,
    count: 0,
    sum: 0,
    scale: 0,
    zeroCount: 0,
    zeroThreshold: 0,
    positive: NO_BUCKETS,
    negative: NO_BUCKETS,
    bounds: [],
    counts: [],
  };
  const readField = form === 'exponential' ? readExponential : form === 'classic' ? readClassic : readNumber;
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = tag >>> 3;
    if (field === ATTRIBUTES_FIELD[form]) {
      const [key, value] = readKeyValue(reader);
      point.labels[labelName(key)] = value;
    } else if (field === 2) point.startMs = millisFromNanos(reader.fixed64());
    else if (field === 3) point.timeMs = millisFromNanos(reader.fixed64());
    else if (!readField(reader, field, point)) reader.skipType(tag & 7);
  }
  return point;
}

function readNumber(reader: Reader, field: number, point: DataPoint): boolean {
  if (field === 4) point.value = reader.double();
  else if (field === 6) point.value = toNumber(reader.sfixed64());
  else return false;
  return true;
}

function readExponential(reader: Reader, field: number, point: DataPoint): boolean {
  switch (field) {
    case 4:
      point.count = toNumber(reader.fixed64());
      return true;
    case 5:
      point.sum = reader.double();
      return true;
    case 6:
      point.scale = reader.sint32();
      return true;
    case 7:
      point.zeroCount = toNumber(reader.fixed64());
      return true;
    case 8:
      point.positive = readBuckets(reader);
      return true;
    case 9:
      point.negative = readBuckets(reader);
      return true;
    case 12:
      point.min = reader.double();
      return true;
    case 13:
      point.max = reader.double();
      return true;
    case 14:
      point.zeroThreshold = reader.double();
      return true;
    default:
      return false;
  }
}

function readBuckets(reader: Reader): Buckets {
  const end = reader.uint32() + reader.pos;
  let offset = 0;
  const counts: number[] = [];
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) offset = reader.sint32();
    else if (tag === 0x12) {
      const packedEnd = reader.uint32() + reader.pos;
      while (reader.pos < packedEnd) counts.push(toNumber(reader.uint64()));
    } else if (tag === 0x10) counts.push(toNumber(reader.uint64()));
    else reader.skipType(tag & 7);
    if (counts.length > MOST_BUCKETS) throw new RangeError(`a histogram has more than ${MOST_BUCKETS} buckets`);
  }
  return { offset, counts };
}

function readClassic(reader: Reader, field: number, point: DataPoint): boolean {
  if (field === 4) point.count = toNumber(reader.fixed64());
  else if (field === 5) point.sum = reader.double();
  else if (field === 6) readPacked(reader, () => point.counts.push(toNumber(reader.fixed64())));
  else if (field === 7) readPacked(reader, () => point.bounds.push(reader.double()));
  else return false;
  return true;
}

function readPacked(reader: Reader, readOne: () => void): void {
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) readOne();
}

export interface MetricHead {
  readonly name: string;
  readonly isRollup: boolean;
  readonly monotonic: boolean;
}

/** A data point as points of our model: one, or for a classic histogram one counter a bucket plus sum and count. */
export function toPoints(data: DataPoint, metric: MetricHead): Point[] {
  const { labels, startMs, timeMs } = data;
  const { name } = metric;
  switch (data.form) {
    case 'gauge':
      return [{ kind: 'gauge', name, labels, timeMs, value: data.value }];
    case 'sum':
      // A sum that may fall (an UpDownCounter) behaves as a gauge.
      return metric.monotonic
        ? [{ kind: 'counter', name, labels, startMs, timeMs, value: data.value }]
        : [{ kind: 'gauge', name, labels, timeMs, value: data.value }];
    case 'exponential': {
      const { count, sum, min, max, scale, zeroCount, zeroThreshold, positive, negative } = data;
      const histogram = {
        scale,
        count,
        sum,
        ...(min !== undefined && max !== undefined ? { min, max } : {}),
        zeroCount,
        zeroThreshold,
        positive,
        negative,
      };
      return [{ kind: metric.isRollup ? 'rollup' : 'histogram', name, labels, startMs, timeMs, histogram }];
    }
    case 'classic':
      return classicPoints(data, name);
  }
}

function classicPoints({ labels, startMs, timeMs, bounds, counts, sum, count }: DataPoint, name: string): Point[] {
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
