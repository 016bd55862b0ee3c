import promClient from 'prom-client';
import { MetricRegistry } from '../../core/metrics/registry.ts';
import { type Bench, compare } from './bench.ts';

const CALLS = 200_000;

/** What one observation costs the process that is measured. */
export const recording: Bench = {
  name: 'recording',
  summary: 'one observation of a counter, a gauge and a histogram, beside prom-client',
  async run() {
    const labels = { device_id: 'headset-1', device_type: 'openbci-cyton' };
    const labelNames = Object.keys(labels);
    const registry = new MetricRegistry({ resource: { job: 'neural' }, clock: () => 0 });
    const ours = {
      counter: registry.counter('neural_device_samples_total', labels),
      gauge: registry.gauge('neural_device_connected', labels),
      histogram: registry.histogram('neural_device_latency_seconds', labels),
    };
    const registers = [new promClient.Registry()];
    const help = 'benchmark';
    const theirs = {
      counter: new promClient.Counter({ name: 'samples_total', help, labelNames, registers }),
      gauge: new promClient.Gauge({ name: 'connected', help, labelNames, registers }),
      histogram: new promClient.Histogram({ name: 'latency_seconds', help, labelNames, registers }),
    };
    let i = 0;
    const value = (): number => {
      i = (i + 1) % 1000;
      return 0.0005 + i * 1e-5;
    };
    const times = compare(
      {
        counter: () => ours.counter.add(1),
        gauge: () => ours.gauge.set(value()),
        histogram: () => ours.histogram.observe(value()),
        promCounter: () => theirs.counter.inc(labels, 1),
        promGauge: () => theirs.gauge.set(labels, value()),
        promHistogram: () => theirs.histogram.observe(labels, value()),
      },
      CALLS,
    );
    const row = (what: string, peer: string) => ({
      what,
      unit: 'ns',
      ours: times[what] ?? Number.NaN,
      peer: { name: 'prom-client', value: times[peer] ?? Number.NaN },
    });
    return [row('counter', 'promCounter'), row('gauge', 'promGauge'), row('histogram', 'promHistogram')];
  },
};
