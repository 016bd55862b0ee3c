import { gzipSync } from 'node:zlib';
import { ExponentialHistogramRecorder } from '../../core/metrics/exponential-histogram.ts';
import type { MetricBatch, Point } from '../../core/metrics/model.ts';
import { decodeBatch, encodeBatch } from '../../core/metrics/otlp.ts';
import { type Bench, compare } from './bench.ts';

const DEVICES = 25;
const SERIES = 40;

/** A message of 1,000 points: 25 devices, 36 gauges and 4 histograms each, values as measurements have them. */
function batch(): MetricBatch {
  const groups = Array.from({ length: DEVICES }, (_, device) => ({
    resource: {
      job: 'neural',
      instance: `lab-${device}`,
      device_id: `headset-${device}`,
      device_type: 'openbci-cyton',
    },
    points: Array.from({ length: SERIES }, (_, i): Point => {
      const timeMs = 1_795_430_460_000;
      const labels = { channel: `C${i % 8}` };
      if (i % 10 !== 0)
        return {
          kind: 'gauge',
          name: `neural_metric_${i >> 3}`,
          labels,
          timeMs,
          value: Math.round(Math.sin(i * device) * 1000) / 1000,
        };
      const recorder = new ExponentialHistogramRecorder();
      for (let n = 1; n < 40; n += 1) recorder.record(0.001 * (1 + ((n * 7) % 11) / 10));
      return {
        kind: 'histogram',
        name: 'neural_duration_seconds',
        labels,
        startMs: timeMs - 600_000,
        timeMs,
        histogram: recorder.snapshot(),
      };
    }),
  }));
  return { boot: 'bench', seq: 1, sentAtMs: 1_795_430_460_000, ackRequested: false, groups };
}

export const encoding: Bench = {
  name: 'encoding',
  summary: 'a message of 1,000 points: OTLP beside JSON, both compressed',
  async run() {
    const message = batch();
    const points = DEVICES * SERIES;
    const json = JSON.stringify(message);
    const otlp = encodeBatch(message);
    const times = compare(
      {
        encode: () => void encodeBatch(message),
        decode: () => void decodeBatch(otlp),
        jsonEncode: () => void JSON.stringify(message),
        jsonDecode: () => void JSON.parse(json),
      },
      40,
    );
    const perPoint = (name: string): number => (times[name] ?? Number.NaN) / points;
    return [
      {
        what: 'size',
        unit: 'bytes/point',
        ours: gzipSync(otlp).length / points,
        peer: { name: 'JSON + gzip', value: gzipSync(json).length / points },
      },
      {
        what: 'encode',
        unit: 'ns/point',
        ours: perPoint('encode'),
        peer: { name: 'JSON.stringify', value: perPoint('jsonEncode') },
      },
      {
        what: 'decode',
        unit: 'ns/point',
        ours: perPoint('decode'),
        peer: { name: 'JSON.parse', value: perPoint('jsonDecode') },
      },
    ];
  },
};
