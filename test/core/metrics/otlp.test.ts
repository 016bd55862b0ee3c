import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ExponentialHistogramRecorder } from '../../../core/metrics/exponential-histogram.ts';
import type { Labels, MetricBatch, Point } from '../../../core/metrics/model.ts';
import { millisFromNanos, nanosFromMillis, toNumber } from '../../../core/metrics/otlp/int64.ts';
import { decodeBatch, decodeRequest, encodeBatch, OtlpDecodeError } from '../../../core/metrics/otlp.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/);
const labels: fc.Arbitrary<Labels> = fc.dictionary(name, fc.string({ minLength: 1, maxLength: 12 }), {
  maxKeys: 4,
  noNullPrototype: true,
});
const timeMs = fc.integer({ min: 0, max: 4_102_444_800_000 });
const value = fc.double({ noNaN: true, noDefaultInfinity: true });
const histogram = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { maxLength: 30 }).map((values) => {
  const recorder = new ExponentialHistogramRecorder();
  for (const v of values) recorder.record(v);
  return recorder.snapshot();
});
const point: fc.Arbitrary<Point> = fc.oneof(
  fc.record({ kind: fc.constant('gauge' as const), name: name.map((n) => `${n}_gauge`), labels, timeMs, value }),
  fc.record({
    kind: fc.constant('counter' as const),
    name: name.map((n) => `${n}_total`),
    labels,
    startMs: timeMs,
    timeMs,
    value,
  }),
  fc.record({
    kind: fc.constant('histogram' as const),
    name: name.map((n) => `${n}_seconds`),
    labels,
    startMs: timeMs,
    timeMs,
    histogram,
  }),
  fc.record({ kind: fc.constant('rollup' as const), name, labels, startMs: timeMs, timeMs, histogram }),
);
const batch: fc.Arbitrary<MetricBatch> = fc.record({
  boot: fc.string({ minLength: 1, maxLength: 20 }),
  seq: fc.integer({ min: 1 }),
  sentAtMs: fc.integer({ min: 1, max: 4_102_444_800_000 }),
  ackRequested: fc.boolean(),
  groups: fc.array(fc.record({ resource: labels, points: fc.array(point, { minLength: 1, maxLength: 8 }) }), {
    maxLength: 4,
  }),
});

/** Points of one metric travel together, so their order within a group is not kept: compare as multisets. */
const sorted = (b: MetricBatch): unknown => ({
  ...b,
  groups: b.groups.map((g) => ({ ...g, points: g.points.map((p) => JSON.stringify(p)).sort() })),
});

describe('OTLP', () => {
  test('a batch reads back as it was written', () => {
    fc.assert(
      fc.property(batch, (b) => {
        expect(sorted(decodeBatch(encodeBatch(b)))).toEqual(sorted(b));
      }),
    );
  });

  test('milliseconds survive as nanoseconds for every whole millisecond to the year 2100', () => {
    fc.assert(
      fc.property(timeMs, (ms) => {
        const nanos = nanosFromMillis(ms);
        expect(millisFromNanos(toNumber(nanos))).toBe(ms);
        expect((BigInt(nanos.high >>> 0) << 32n) | BigInt(nanos.low >>> 0)).toBe(BigInt(ms) * 1_000_000n);
      }),
    );
  });

  test('arbitrary bytes are read or refused by name, never crash or hang', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeRequest(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(OtlpDecodeError);
        }
      }),
    );
  });

  test('a truncated message is refused, or it is a shorter whole message', () => {
    const whole = encodeBatch({
      boot: 'b',
      seq: 1,
      sentAtMs: 1,
      ackRequested: false,
      groups: [
        { resource: { job: 'neural' }, points: [{ kind: 'gauge', name: 'g', labels: {}, timeMs: 5, value: 1 }] },
      ],
    });
    let refused = 0;
    for (let length = 1; length < whole.length; length += 1) {
      try {
        decodeBatch(whole.subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(OtlpDecodeError);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(whole.length - 4);
  });

  test('a message without an envelope says what is missing', () => {
    expect(() => decodeBatch(new Uint8Array())).toThrow(
      /nsmon.boot is missing; nsmon.seq is undefined, must be a whole number/,
    );
  });

  test('resource labels travel under the names that OpenTelemetry gives them', () => {
    const bytes = encodeBatch({
      boot: 'b',
      seq: 1,
      sentAtMs: 1,
      ackRequested: true,
      groups: [
        {
          resource: { job: 'neural', instance: 'lab-1' },
          points: [{ kind: 'gauge', name: 'g', labels: {}, timeMs: 5, value: 1 }],
        },
      ],
    });
    expect(Buffer.from(bytes).toString('latin1')).toContain('service.instance.id');
    expect(decodeBatch(bytes).groups[0]?.resource).toEqual({ job: 'neural', instance: 'lab-1' });
  });
});
