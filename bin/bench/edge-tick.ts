import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Point, PointGroup } from '../../core/metrics/model.ts';
import { parseRuleFile } from '../../core/rules/index.ts';
import { RuleLoop } from '../../edge-agent/rules/rule-loop.ts';
import { type Bench, type BenchResult, median } from './bench.ts';

const RULES = 200;
const CHANNELS = 64;
const START_MS = 1_795_430_460_000;
/** Fills the minute that ranges look at. */
const WARM_UP_SECONDS = 90;
const SECONDS = 60;
/** The goal of the whole agent is 2 % of a core; so many rules may take as much. */
const LIMIT_PERCENT = 2;
/** So many channels are without contact all the time: rules that hold cost more than rules that do not. */
const DETACHED = 4;

/** What one rule of ten is: thresholds by channel, aggregations, recorded series and rules about them, ranges. */
const KINDS: readonly ((i: number) => string)[] = [
  (i) =>
    `alert: Detached${i}\n    expr: contact == 0\n    for: 5s\n    annotations: {summary: "{{ $labels.channel }} is off"}`,
  (i) => `alert: Poor${i}\n    expr: quality < ${0.1 + i / 1000}\n    for: 10s`,
  (i) => `record: mean:quality:${i}\n    expr: avg by (device_id) (quality)`,
  (i) => `alert: LowMean${i}\n    expr: mean:quality:${i - 1} < 0.5`,
  (i) => `alert: Share${i}\n    expr: count by (device_id) (contact == 0) / count by (device_id) (contact) > 0.2${i}`,
  (i) => `alert: Lost${i}\n    expr: rate(lost_total[1m]) > ${i}`,
  (i) => `alert: Both${i}\n    expr: quality < 0.5 and on (channel) contact == 1`,
  (i) => `alert: Unsteady${i}\n    expr: stddev_over_time(quality{channel=~"E[0-9]"}[30s]) > 0.${i}1`,
  (i) => `alert: Worst${i}\n    expr: bottomk(3, quality) < 0.0${i}1`,
  (i) => `alert: Rising${i}\n    expr: delta(battery[1m]) > ${i}`,
];
const rulesText = (count: number): string =>
  `groups:\n- name: bench\n  interval: 1s\n  rules:\n${Array.from({ length: count }, (_, i) => `  - ${KINDS[i % KINDS.length]?.(i)}`).join('\n')}\n`;

const channelNames = Array.from({ length: CHANNELS }, (_, i) => `E${i + 1}`);
const contactOf = (i: number): number => (i < DETACHED ? 0 : 1);

function collection(timeMs: number): PointGroup[] {
  const second = (timeMs - START_MS) / 1_000;
  const points = channelNames.flatMap((channel, i): Point[] => [
    { kind: 'gauge', name: 'contact', labels: { channel }, timeMs, value: contactOf(i) },
    { kind: 'gauge', name: 'quality', labels: { channel }, timeMs, value: 0.6 + (second % 10) / 100 },
  ]);
  points.push(
    { kind: 'counter', name: 'lost_total', labels: {}, startMs: START_MS, timeMs, value: second },
    { kind: 'gauge', name: 'battery', labels: {}, timeMs, value: 0.8 },
  );
  return [{ resource: { job: 'neural', device_id: 'headset-1' }, points }];
}

function ours(): { readonly tickMs: number; readonly active: number } {
  const groups = parseRuleFile(rulesText(RULES), 'bench.yaml');
  const loop = new RuleLoop({ groups, thing: 'lab-1', intervalMs: 1_000, state: {}, startMs: START_MS });
  const ticks: number[] = [];
  for (let second = 0; second < WARM_UP_SECONDS + SECONDS; second += 1) {
    const nowMs = START_MS + second * 1_000;
    const points = collection(nowMs);
    const before = process.cpuUsage();
    loop.observe(points);
    const { errors } = loop.evaluate(nowMs);
    const { user, system } = process.cpuUsage(before);
    if (errors.length > 0) throw new Error(errors.map(({ rule, message }) => `${rule}: ${message}`).join('; '));
    if (second >= WARM_UP_SECONDS) ticks.push((user + system) / 1_000);
  }
  return { tickMs: median(ticks), active: loop.alerts().length };
}

/** The unit test that makes promtool evaluate the same rules on the same series at each of so many seconds. */
function unitTest(seconds: number): string {
  const series = (name: string, labels: string, values: string): string =>
    `  - {series: '${name}{job="neural",device_id="headset-1"${labels}}', values: '${values}'}`;
  const quality = Array.from({ length: seconds + 1 }, (_, second) => (0.6 + (second % 10) / 100).toFixed(2)).join(' ');
  const all = channelNames.flatMap((channel, i) => [
    series('contact', `,channel="${channel}"`, `${contactOf(i)}x${seconds}`),
    series('quality', `,channel="${channel}"`, quality),
  ]);
  all.push(series('lost_total', '', `0+1x${seconds}`), series('battery', '', `0.8x${seconds}`));
  const check = `  promql_expr_test: [{expr: vector(1), eval_time: ${seconds}s, exp_samples: [{labels: '{}', value: 1}]}]`;
  return `rule_files: [rules.yaml]\nevaluation_interval: 1s\ntests:\n- interval: 1s\n  input_series:\n${all.join('\n')}\n${check}\n`;
}

/** CPU time (ms) of one evaluation of all rules by Prometheus' own engine, in promtool; undefined where it is not installed. */
function promtoolTickMs(): number | undefined {
  if (spawnSync('promtool', ['--version']).status !== 0) return undefined;
  const directory = mkdtempSync(path.join(tmpdir(), 'nsmon-edge-tick-'));
  const cpuMs = (seconds: number): number => {
    writeFileSync(path.join(directory, 'test.yaml'), unitTest(seconds));
    // `times` tells what the children used; promtool's own start is in both runs and goes away in the difference.
    const { stdout, status } = spawnSync('sh', ['-c', 'promtool test rules test.yaml >/dev/null && times'], {
      cwd: directory,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error('promtool refuses the rules of the bench');
    const children = stdout.trim().split('\n')[1] ?? '';
    return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
      (sum, [, m, s]) => sum + Number(m) * 60_000 + Number(s) * 1_000,
      0,
    );
  };
  try {
    writeFileSync(path.join(directory, 'rules.yaml'), rulesText(RULES));
    const short = cpuMs(WARM_UP_SECONDS);
    return (cpuMs(WARM_UP_SECONDS + SECONDS) - short) / SECONDS;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What a whole set of rules costs an agent each second, some of them firing, beside Prometheus' engine on the same. */
export const edgeTick: Bench = {
  name: 'edge-tick',
  summary: `${RULES} different rules on ${CHANNELS} channels, ${DETACHED} of them off, one tick a second`,
  async run(say) {
    const { tickMs, active } = ours();
    const peerMs = promtoolTickMs();
    say(`${active} alerts are active${peerMs === undefined ? '; promtool is not installed, so there is no peer' : ''}`);
    const peer = (value: number): Pick<BenchResult, 'peer'> => ({ peer: { name: 'promtool', value } });
    return [
      {
        what: 'all rules, one tick a second',
        unit: '% of a core',
        ours: tickMs / 10,
        limit: LIMIT_PERCENT,
        ...(peerMs === undefined ? {} : peer(peerMs / 10)),
      },
      {
        what: 'one rule',
        unit: 'us',
        ours: (tickMs * 1_000) / RULES,
        ...(peerMs === undefined ? {} : peer((peerMs * 1_000) / RULES)),
      },
    ];
  },
};
