import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { Point } from '../../../core/metrics/model.ts';
import { encodeBatch } from '../../../core/metrics/otlp.ts';
import { createEgressInspector } from '../../../local/privacy/egress-inspector.ts';
import { histogramOf } from '../../support/histograms.ts';

/** A plausible channel: slow wave, alpha, and noise from a fixed generator, microvolts. */
function waveform(length: number, seed: number): Float64Array {
  let state = seed;
  const noise = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return Float64Array.from(
    { length },
    (_, i) => 6000 + 20 * Math.sin(i / 40) + 12 * Math.sin((i * 2 * Math.PI) / 25) + 15 * noise(),
  );
}

const canary = waveform(5000, 7);
const leaked = Array.from(canary.subarray(1000, 1250));
const metrics = (points: Point[]): Buffer =>
  gzipSync(
    encodeBatch({
      boot: 'b',
      seq: 1,
      sentAtMs: 1,
      ackRequested: false,
      groups: [{ resource: { job: 'neural' }, points }],
    }),
  );
const gauge = (value: number, i: number): Point => ({
  kind: 'gauge',
  name: 'g',
  labels: { i: String(i) },
  timeMs: 1 + i,
  value,
});
const bytesOf = (write: (b: Buffer, v: number, at: number) => void, size: number, values = leaked): Buffer => {
  const buffer = Buffer.alloc(values.length * size);
  values.forEach((v, i) => {
    write(buffer, v, i * size);
  });
  return buffer;
};
const float32 = bytesOf((b, v, at) => b.writeFloatLE(v, at), 4);
const deltas = leaked.slice(1).map((v, i) => v - (leaked[i] ?? 0));

describe('the egress inspector finds the canary', () => {
  test.each<[string, Buffer]>([
    ['float32 little endian', float32],
    ['float64 big endian', bytesOf((b, v, at) => b.writeDoubleBE(v, at), 8)],
    ['16-bit integers in microvolts', bytesOf((b, v, at) => b.writeInt16LE(Math.round(v), at), 2)],
    ['32-bit integers', bytesOf((b, v, at) => b.writeInt32BE(Math.round(v), at), 4)],
    [
      '24-bit converter counts',
      bytesOf((b, v, at) => b.writeIntBE(Math.round(v / ((4.5 / (2 ** 23 - 1) / 24) * 1e6)), at, 3), 3),
    ],
    ['deltas as floats', bytesOf((b, v, at) => b.writeFloatBE(v, at), 4, deltas)],
    ['JSON text with two decimals', Buffer.from(JSON.stringify(leaked.map((v) => Number(v.toFixed(2)))))],
    ['text of integers', Buffer.from(leaked.map((v) => Math.round(v * 10)).join(' '))],
    ['scaled and shifted text', Buffer.from(leaked.map((v) => v * 1e-6 + 3).join(','))],
    ['base64 of float32 in JSON', Buffer.from(JSON.stringify({ note: `x${float32.toString('base64')}` }))],
    ['gzip of base64 of gzip', gzipSync(JSON.stringify({ blob: gzipSync(float32).toString('base64') }))],
    ['values of gauges in one message', metrics(leaked.slice(0, 60).map(gauge))],
    [
      'counts of histogram buckets',
      metrics([
        {
          kind: 'histogram',
          name: 'h',
          labels: {},
          startMs: 0,
          timeMs: 1,
          histogram: {
            ...histogramOf([]),
            count: 1,
            positive: { offset: 0, counts: leaked.slice(0, 100).map((v) => Math.round(v - 5900)) },
          },
        },
      ]),
    ],
  ])('in %s', (_encoding, payload) => {
    const inspector = createEgressInspector(canary);
    inspector.inspect('topic', payload);
    expect(inspector.report()).toMatchObject({ canaryFound: true, messages: 1, bytes: payload.length });
  });

  test('along one gauge, a sample a message', () => {
    const inspector = createEgressInspector(canary);
    // In another unit, so that the bytes of no single sample give it away.
    for (const value of leaked.slice(0, 48)) inspector.inspect('t', metrics([gauge(value * 1e-6, 0)]));
    expect(inspector.report()).toMatchObject({
      canaryFound: true,
      evidence: expect.stringContaining('from message to message'),
    });
  });
});

describe('the egress inspector stays silent', () => {
  test('about another waveform of the same kind, and about statistics of the very channel', () => {
    const inspector = createEgressInspector(canary);
    inspector.inspect('other', Buffer.from(JSON.stringify([...waveform(250, 99)])));
    for (let second = 0; second < 20; second += 1) {
      const window = Array.from(canary.subarray(second * 250, (second + 1) * 250));
      const mean = window.reduce((a, b) => a + b) / window.length;
      inspector.inspect(
        'metrics',
        metrics([
          gauge(mean, 0),
          gauge(Math.sqrt(window.reduce((a, b) => a + (b - mean) ** 2, 0) / window.length), 1),
          {
            kind: 'histogram',
            name: 'h',
            labels: {},
            startMs: 0,
            timeMs: 1,
            histogram: histogramOf(window.map((v) => Math.abs(v - mean))),
          },
        ]),
      );
    }
    expect(inspector.report()).toMatchObject({ canaryFound: false, messages: 21 });
  });
});
