import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { ExponentialHistogramRecorder } from '../../../core/metrics/exponential-histogram.ts';
import { decodeWriteRequest, encodeWriteRequest, type RemoteSeries } from '../../../core/metrics/remote-write.ts';

/** What prometheus/prompb says, as far as it is written: read by a general decoder, it checks the bytes themselves. */
const { root } = protobuf.parse(`syntax = "proto3";
  message WriteRequest { repeated TimeSeries timeseries = 1; }
  message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; repeated Histogram histograms = 4; }
  message Label { string name = 1; string value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; }
  message BucketSpan { sint32 offset = 1; uint32 length = 2; }
  message Histogram {
    oneof count { uint64 count_int = 1; double count_float = 2; }
    double sum = 3; sint32 schema = 4; double zero_threshold = 5;
    oneof zero_count { uint64 zero_count_int = 6; double zero_count_float = 7; }
    repeated BucketSpan negative_spans = 8; repeated sint64 negative_deltas = 9; repeated double negative_counts = 10;
    repeated BucketSpan positive_spans = 11; repeated sint64 positive_deltas = 12; repeated double positive_counts = 13;
    int32 reset_hint = 14; int64 timestamp = 15;
  }`);
const TIME = Date.parse('2026-11-23T10:00:00Z');

function official(series: RemoteSeries[]): Record<string, unknown>[] {
  const type = root.lookupType('WriteRequest');
  const message = type.decode(encodeWriteRequest(series));
  return (type.toObject(message, { longs: Number, defaults: true }) as { timeseries: Record<string, unknown>[] })
    .timeseries;
}

function series(more: Partial<RemoteSeries>): RemoteSeries {
  return { name: 'm', labels: {}, samples: [], histograms: [], ...more };
}

test('labels are sorted with the name among them, and empty ones are left out', () => {
  const [one] = official([series({ labels: { zone: 'z', Area: 'a', none: '' } })]);
  expect(one?.labels).toEqual([
    { name: 'Area', value: 'a' },
    { name: '__name__', value: 'm' },
    { name: 'zone', value: 'z' },
  ]);
});

test('a sample keeps value and time', () => {
  const [one] = official([series({ samples: [{ timeMs: TIME, value: -0.25 }] })]);
  expect(one?.samples).toEqual([{ value: -0.25, timestamp: TIME }]);
});

test("a histogram's buckets become spans and deltas, numbered as Prometheus does", () => {
  const histogram = {
    scale: 2,
    count: 19,
    sum: 40,
    zeroCount: 1,
    zeroThreshold: 0.5,
    // Indices 3, 4, (5 empty), 6, then a long gap, then 12.
    positive: { offset: 3, counts: [2, 5, 0, 4, 0, 0, 0, 0, 0, 6] },
    negative: { offset: -2, counts: [1] },
  };
  const [one] = official([series({ histograms: [{ timeMs: TIME, histogram, isGauge: true }] })]);
  const [sent] = (one?.histograms ?? []) as unknown[];
  expect(sent).toMatchObject({
    countInt: 19,
    sum: 40,
    schema: 2,
    zeroThreshold: 0.5,
    zeroCountInt: 1,
    negativeSpans: [{ offset: -1, length: 1 }],
    negativeDeltas: [1],
    positiveSpans: [
      { offset: 4, length: 4 },
      { offset: 5, length: 1 },
    ],
    positiveDeltas: [2, 3, -5, 4, 2],
    resetHint: 3,
    timestamp: TIME,
  });
});

describe('scales', () => {
  const recorded = (scale: number) => {
    const recorder = new ExponentialHistogramRecorder();
    for (const value of [0.001, 0.002, 0.0021, 5]) recorder.record(value);
    return { ...recorder.snapshot(), ...(scale < -4 ? { scale } : {}) };
  };

  test('a finer scale than Prometheus has is merged down to schema 8', () => {
    const histogram = { ...recorded(0), scale: 12, positive: { offset: 32, counts: [1, 1, 1] } };
    const [one] = decodeWriteRequest(
      encodeWriteRequest([series({ histograms: [{ timeMs: 1, histogram, isGauge: false }] })]),
    );
    expect(one?.histograms[0]?.histogram).toMatchObject({ scale: 8, positive: { offset: 2, counts: [3] } });
  });

  test('a coarser one is refused by name', () => {
    const histogram = recorded(-5);
    expect(() => encodeWriteRequest([series({ histograms: [{ timeMs: 1, histogram, isGauge: false }] })])).toThrow(
      'histogram of m has scale -5',
    );
  });
});

test('what is written is read again', () => {
  const buckets = fc
    .record({ offset: fc.integer({ min: -300, max: 300 }), counts: fc.array(fc.nat({ max: 1e6 }), { maxLength: 40 }) })
    .map(({ offset, counts }) => {
      const from = counts.findIndex((count) => count > 0);
      const to = counts.findLastIndex((count) => count > 0);
      return from < 0 ? { offset: 0, counts: [] } : { offset: offset + from, counts: counts.slice(from, to + 1) };
    });
  const histogram = fc.record({
    scale: fc.integer({ min: -4, max: 8 }),
    count: fc.nat(),
    sum: fc.double({ noNaN: true }),
    zeroCount: fc.nat(),
    zeroThreshold: fc.constant(0),
    positive: buckets,
    negative: buckets,
  });
  const timeMs = fc.integer({ min: 0, max: 4e12 });
  const one = fc.record({
    name: fc.constantFrom('up', 'a:b'),
    labels: fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.string({ minLength: 1 })),
    samples: fc.array(fc.record({ timeMs, value: fc.double() })),
    histograms: fc.array(fc.record({ timeMs, histogram, isGauge: fc.boolean() }), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 5 }), (request) => {
      expect(decodeWriteRequest(encodeWriteRequest(request))).toEqual(request);
    }),
    { numRuns: 100 },
  );
});
