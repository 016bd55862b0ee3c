import protobuf from 'protobufjs/minimal.js';
import { downscale } from './exponential-histogram.ts';
import type { Buckets, ExponentialHistogram, Labels } from './model.ts';
import { toNumber } from './otlp/int64.ts';

/**
 * The body of a Prometheus remote write 1.0 request (`prometheus.WriteRequest`), before snappy compression.
 * Source: prometheus/prompb/{remote,types}.proto; native histograms as in the Prometheus native histogram specification.
 */
export interface RemoteSeries {
  /** Metric name, on the wire the label `__name__`. */
  readonly name: string;
  readonly labels: Labels;
  readonly samples: readonly RemoteSample[];
  readonly histograms: readonly RemoteHistogram[];
}

export interface RemoteSample {
  readonly timeMs: number;
  readonly value: number;
}

export interface RemoteHistogram {
  readonly timeMs: number;
  readonly histogram: ExponentialHistogram;
  /** A distribution of its own interval (a roll-up), not one that accumulates: readers must not look for resets. */
  readonly isGauge: boolean;
}

/** Prometheus' standard exponential schemas; a finer histogram is merged down to 8, a coarser than -4 is refused. */
const MIN_SCHEMA = -4;
const MAX_SCHEMA = 8;
/** Gaps of up to this many empty buckets are cheaper written as zeros than as a span of their own. */
const MAX_INLINE_GAP = 2;
const GAUGE_HINT = 3;

/**
 * @throws RangeError naming the series when a histogram's scale is below -4, for which Prometheus has no schema
 */
export function encodeWriteRequest(series: readonly RemoteSeries[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const one of series) {
    writer.uint32(0x0a).fork();
    for (const [name, value] of wireLabels(one)) {
      writer.uint32(0x0a).fork().uint32(0x0a).string(name).uint32(0x12).string(value).ldelim();
    }
    for (const { value, timeMs } of one.samples) {
      writer.uint32(0x12).fork().uint32(0x09).double(value).uint32(0x10).int64(timeMs).ldelim();
    }
    for (const sample of one.histograms) writeHistogram(writer, sample, one.name);
    writer.ldelim();
  }
  return writer.finish();
}

/** Sorted by name, as remote write demands; an empty label is an absent one. */
function wireLabels({ name, labels }: RemoteSeries): [string, string][] {
  const all: [string, string][] = Object.entries(labels).filter(([, value]) => value !== '');
  all.push(['__name__', name]);
  return all.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function writeHistogram(writer: protobuf.Writer, { timeMs, histogram, isGauge }: RemoteHistogram, name: string): void {
  if (histogram.scale < MIN_SCHEMA) {
    throw new RangeError(
      `histogram of ${name} has scale ${histogram.scale}; Prometheus has schemas from ${MIN_SCHEMA} to ${MAX_SCHEMA}: observe a narrower range of values`,
    );
  }
  const { scale, count, sum, zeroCount, zeroThreshold, positive, negative } =
    histogram.scale > MAX_SCHEMA ? downscale(histogram, MAX_SCHEMA) : histogram;
  writer.uint32(0x22).fork();
  writer.uint32(0x08).uint64(count);
  writer.uint32(0x19).double(sum);
  writer.uint32(0x20).sint32(scale);
  writer.uint32(0x29).double(zeroThreshold);
  writer.uint32(0x30).uint64(zeroCount);
  writeBuckets(writer, negative, 0x42, 0x4a);
  writeBuckets(writer, positive, 0x5a, 0x62);
  if (isGauge) writer.uint32(0x70).int32(GAUGE_HINT);
  writer.uint32(0x78).int64(timeMs);
  writer.ldelim();
}

/** Buckets as spans of neighbours, each count as the difference to the one before: small numbers, one byte each. */
function writeBuckets(writer: protobuf.Writer, buckets: Buckets, spanTag: number, deltaTag: number): void {
  const { spans, counts } = toSpans(buckets);
  for (const { offset, length } of spans) {
    writer.uint32(spanTag).fork().uint32(0x08).sint32(offset).uint32(0x10).uint32(length).ldelim();
  }
  if (counts.length === 0) return;
  writer.uint32(deltaTag).fork();
  let before = 0;
  for (const count of counts) {
    writer.sint64(count - before);
    before = count;
  }
  writer.ldelim();
}

interface Span {
  /** Of the first span: the index of its first bucket. Of the others: the gap to the span before. */
  offset: number;
  length: number;
}

function toSpans({ offset, counts }: Buckets): { spans: Span[]; counts: number[] } {
  const spans: Span[] = [];
  const kept: number[] = [];
  let end = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] ?? 0;
    if (count === 0) continue;
    // Prometheus' bucket n ends at base^n, OpenTelemetry's bucket n begins there.
    const index = offset + i + 1;
    const last = spans.at(-1);
    const gap = index - end;
    if (last && gap <= MAX_INLINE_GAP) {
      for (let zero = 0; zero < gap; zero++) kept.push(0);
      last.length += gap + 1;
    } else spans.push({ offset: last ? gap : index, length: 1 });
    kept.push(count);
    end = index + 1;
  }
  return { spans, counts: kept };
}

/** Reads a `WriteRequest`; metadata and exemplars are passed over. @throws RangeError when the bytes are truncated. */
export function decodeWriteRequest(bytes: Uint8Array): RemoteSeries[] {
  const series: RemoteSeries[] = [];
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 0x0a) series.push(readSeries(reader));
    else reader.skipType(tag & 7);
  }
  return series;
}

function readSeries(reader: protobuf.Reader): RemoteSeries {
  const labels: Record<string, string> = {};
  const samples: RemoteSample[] = [];
  const histograms: RemoteHistogram[] = [];
  each(reader, (tag) => {
    if (tag === 0x0a) {
      const [name, value] = readLabel(reader);
      labels[name] = value;
    } else if (tag === 0x12) samples.push(readSample(reader));
    else if (tag === 0x22) histograms.push(readHistogram(reader));
    else reader.skipType(tag & 7);
  });
  const { __name__: name = '', ...rest } = labels;
  return { name, labels: rest, samples, histograms };
}

/** Reads the fields of one embedded message. */
function each(reader: protobuf.Reader, field: (tag: number) => void): void {
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) field(reader.uint32());
}

function readLabel(reader: protobuf.Reader): [name: string, value: string] {
  let name = '';
  let value = '';
  each(reader, (tag) => {
    if (tag === 0x0a) name = reader.string();
    else if (tag === 0x12) value = reader.string();
    else reader.skipType(tag & 7);
  });
  return [name, value];
}

function readSample(reader: protobuf.Reader): RemoteSample {
  let value = 0;
  let timeMs = 0;
  each(reader, (tag) => {
    if (tag === 0x09) value = reader.double();
    else if (tag === 0x10) timeMs = toNumber(reader.int64());
    else reader.skipType(tag & 7);
  });
  return { timeMs, value };
}

function readHistogram(reader: protobuf.Reader): RemoteHistogram {
  let [count, sum, scale, zeroThreshold, zeroCount, hint, timeMs] = [0, 0, 0, 0, 0, 0, 0];
  const negative = { spans: [] as Span[], deltas: [] as number[] };
  const positive = { spans: [] as Span[], deltas: [] as number[] };
  each(reader, (tag) => {
    if (tag === 0x08) count = toNumber(reader.uint64());
    else if (tag === 0x19) sum = reader.double();
    else if (tag === 0x20) scale = reader.sint32();
    else if (tag === 0x29) zeroThreshold = reader.double();
    else if (tag === 0x30) zeroCount = toNumber(reader.uint64());
    else if (tag === 0x42) negative.spans.push(readSpan(reader));
    else if (tag === 0x4a) readDeltas(reader, negative.deltas);
    else if (tag === 0x5a) positive.spans.push(readSpan(reader));
    else if (tag === 0x62) readDeltas(reader, positive.deltas);
    else if (tag === 0x70) hint = reader.int32();
    else if (tag === 0x78) timeMs = toNumber(reader.int64());
    else reader.skipType(tag & 7);
  });
  const histogram: ExponentialHistogram = {
    scale,
    count,
    sum,
    zeroCount,
    zeroThreshold,
    positive: fromSpans(positive.spans, positive.deltas),
    negative: fromSpans(negative.spans, negative.deltas),
  };
  return { timeMs, histogram, isGauge: hint === GAUGE_HINT };
}

function readSpan(reader: protobuf.Reader): Span {
  const span: Span = { offset: 0, length: 0 };
  each(reader, (tag) => {
    if (tag === 0x08) span.offset = reader.sint32();
    else if (tag === 0x10) span.length = reader.uint32();
    else reader.skipType(tag & 7);
  });
  return span;
}

function readDeltas(reader: protobuf.Reader, into: number[]): void {
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) into.push(toNumber(reader.sint64()));
}

function fromSpans(spans: readonly Span[], deltas: readonly number[]): Buckets {
  const counts: number[] = [];
  let next = 0;
  let count = 0;
  spans.forEach((span, i) => {
    if (i > 0) for (let gap = 0; gap < span.offset; gap++) counts.push(0);
    for (let n = 0; n < span.length; n++) {
      count += deltas[next++] ?? 0;
      counts.push(count);
    }
  });
  return { offset: (spans[0]?.offset ?? 1) - 1, counts };
}
