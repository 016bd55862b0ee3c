import path from 'node:path';
import { ExponentialHistogramRecorder } from '../../core/metrics/exponential-histogram.ts';
import type { Labels, Point, PointGroup } from '../../core/metrics/model.ts';
import type { RuleGroup } from '../../core/rules/index.ts';
import { loadEdgeRules } from '../../edge-agent/rules/load-rules.ts';
import { RuleLoop } from '../../edge-agent/rules/rule-loop.ts';
import { type Bench, median } from './bench.ts';
import { PROJECT } from './project.ts';

const RULES = 200;
const CHANNELS = 64;
/** Fills the longest window that the rules look at, 5 minutes, and a little more. */
const WARM_UP_SECONDS = 330;
const SECONDS = 60;
const START_MS = 1_795_430_460_000;
/** The goal of the whole agent is 2 % of a core; so many rules may take as much. */
const LIMIT_PERCENT = 2;

/** The shipped rules that run at the edge, again and again under other names, every one every second. */
async function ruleGroups(): Promise<RuleGroup[]> {
  const shipped = await loadEdgeRules([path.join(PROJECT, 'rules', 'alerts')]);
  const rules = shipped.flatMap((group) => group.rules);
  const repeated = Array.from({ length: RULES }, (_, i) => {
    const rule = rules[i % rules.length];
    if (!rule) throw new Error('no shipped rule runs at the edge');
    return { ...rule, name: `${rule.name}_${i}` };
  });
  const [first] = shipped;
  if (!first) throw new Error('no shipped group runs at the edge');
  return [{ ...first, name: 'bench', intervalMs: 1_000, rules: repeated }];
}

/** What an agent with a board of 64 channels collects each second, as far as rules look at it; all is well. */
function collection() {
  const resource: Labels = { job: 'neural', instance: 'lab-1', device_id: 'headset-1', device_type: 'generated' };
  const histograms = ['neural_signal_processing_duration_seconds', 'neural_model_inference_duration_seconds'].map(
    (name) => ({ name, recorder: new ExponentialHistogramRecorder() }),
  );
  return (timeMs: number): PointGroup[] => {
    const second = (timeMs - START_MS) / 1_000;
    const gauge = (name: string, value: number, labels: Labels = {}): Point => ({
      kind: 'gauge',
      name,
      labels,
      timeMs,
      value,
    });
    const counter = (name: string, value: number, labels: Labels = {}): Point => ({
      kind: 'counter',
      name,
      labels,
      startMs: START_MS,
      timeMs,
      value,
    });
    const channels = Array.from({ length: CHANNELS }, (_, i) => ({ channel: `E${i + 1}` }));
    for (const { recorder } of histograms) for (let i = 1; i < 50; i += 1) recorder.record(0.0001 * i);
    return [
      {
        resource,
        points: [
          ...channels.map((labels) => gauge('neural_channel_contact', 1, labels)),
          ...channels.map((labels) => gauge('neural_channel_quality_score', 0.9, labels)),
          gauge('neural_data_quality_score', 0.92),
          gauge('neural_device_connected', 1),
          gauge('neural_device_data_rate_hertz', 1_000),
          gauge('neural_device_battery_ratio', 0.8),
          counter('neural_device_connection_failures_total', 0),
          counter('neural_device_samples_total', 64_000 * second),
          counter('neural_device_errors_total', 0, { error_type: 'crc' }),
          ...histograms.map(
            ({ name, recorder }): Point => ({
              kind: 'histogram',
              name,
              labels: {},
              startMs: START_MS,
              timeMs,
              histogram: recorder.snapshot(),
            }),
          ),
        ],
      },
      {
        resource: { job: 'node', instance: 'lab-1' },
        points: [
          gauge('node_memory_MemTotal_bytes', 8e9),
          gauge('node_memory_MemAvailable_bytes', 5e9),
          gauge('node_filesystem_avail_bytes', 5e10, { mountpoint: '/' }),
          gauge('node_filesystem_size_bytes', 1e11, { mountpoint: '/' }),
          ...['idle', 'user', 'system'].map((mode) => counter('node_cpu_seconds_total', second / 3, { mode })),
        ],
      },
    ];
  };
}

/** What the rules cost an agent: all of them on all series, once a second. */
export const promql: Bench = {
  name: 'promql',
  summary: `${RULES} rules (the shipped ones, repeated) on a board of ${CHANNELS} channels, each second`,
  async run() {
    const collect = collection();
    const loop = new RuleLoop({
      groups: await ruleGroups(),
      thing: 'lab-1',
      intervalMs: 1_000,
      state: {},
      startMs: START_MS,
    });
    const observed: number[] = [];
    const evaluated: number[] = [];
    for (let second = 0; second < WARM_UP_SECONDS + SECONDS; second += 1) {
      const nowMs = START_MS + second * 1_000;
      const groups = collect(nowMs);
      const observing = cpuMs(() => loop.observe(groups));
      const evaluating = cpuMs(() => {
        const { errors } = loop.evaluate(nowMs);
        if (errors.length > 0) throw new Error(errors.map(({ rule, message }) => `${rule}: ${message}`).join('; '));
      });
      if (second < WARM_UP_SECONDS) continue;
      observed.push(observing);
      evaluated.push(evaluating);
    }
    const percent = (milliseconds: readonly number[]): number => median(milliseconds) / 10;
    return [
      { what: 'rules, one evaluation a second', unit: '% of a core', ours: percent(evaluated), limit: LIMIT_PERCENT },
      { what: 'taking the series in', unit: '% of a core', ours: percent(observed) },
      { what: 'one rule', unit: 'us', ours: (median(evaluated) * 1_000) / RULES },
    ];
  },
};

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
