import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEFAULT_LOOKBACK_MS } from '../../core/promql/index.ts';
import type { ColumnStore } from '../../core/promql/range/column-store.ts';
import { type RulesReplay, replayRules } from '../../core/replay/replay-rules.ts';
import { evaluateGroup, type GroupState, type RuleGroup } from '../../core/rules/index.ts';
import type { Bench } from './bench.ts';
import { loadRules, loadStore, START_MS, STEP_MS } from './replay-load.ts';

const DAYS = 30;
const POINTS = DAYS * 24 * 60;
const RULES = 200;
/** The goal: a person waits for it. */
const LIMIT_SECONDS = 60;
/** Peers take a part of it, and a few hours of it only. */
const PEER_POINTS = 60;
const PROMTOOL_POINTS = 240;
const PROMTOOL_RULES = 50;

/** A month of a fleet's series through all rules; a peer's figure is of a slice, and per evaluation. */
export const replay: Bench = {
  name: 'replay',
  summary: `${DAYS} days of 1,000 series at one point a minute through ${RULES} rules`,
  async run(say) {
    const groups = loadRules(RULES);
    const store = loadStore(POINTS);
    const begun = performance.now();
    const before = process.cpuUsage();
    const result = drive(groups, store, POINTS, say);
    const { user, system } = process.cpuUsage(before);
    // One thread: on a machine with nothing else to do, the seconds that it takes.
    const seconds = (user + system) / 1e6;
    say(`${((performance.now() - begun) / 1000).toFixed(1)} s by the clock`);
    const fellBack = result.rules.filter(({ fallback }) => fallback !== undefined).length;
    say(`${store.size} series, ${result.changes.length} changes of alerts, ${fellBack} rules one step at a time`);
    const perEvaluation = (seconds * 1e6) / (POINTS * RULES);
    const engine = oneStepAtATime(groups, PEER_POINTS);
    const results = [
      { what: 'the whole replay', unit: 's of one core', ours: seconds, limit: LIMIT_SECONDS },
      {
        what: 'one evaluation of one rule',
        unit: 'us',
        ours: perEvaluation,
        peer: { name: 'our engine, one step at a time', value: engine },
      },
    ];
    const ofPromtool = promtool();
    if (ofPromtool === undefined) {
      say('promtool is not installed: no figure of it');
      return results;
    }
    const ours = sliceSeconds(PROMTOOL_RULES, PROMTOOL_POINTS);
    return [
      ...results,
      {
        what: `${PROMTOOL_POINTS / 60} h, ${PROMTOOL_RULES} rules, all series`,
        unit: 's',
        ours,
        peer: { name: 'promtool test rules', value: ofPromtool },
      },
    ];
  },
};

function drive(
  groups: readonly RuleGroup[],
  store: ColumnStore,
  points: number,
  say: (line: string) => void,
): RulesReplay {
  const times = { fromMs: START_MS, toMs: START_MS + (points - 1) * STEP_MS };
  const work = replayRules(groups, store, { ...times, intervalMs: STEP_MS, lookbackMs: DEFAULT_LOOKBACK_MS });
  let told = 0;
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    if (step.value < told + 0.25) continue;
    told = step.value;
    say(`${Math.floor(step.value * 100)} % done`);
  }
}

/** Microseconds an evaluation of the engine that the agent and the cloud use. */
function oneStepAtATime(groups: readonly RuleGroup[], points: number): number {
  const store = loadStore(points);
  const source = store.source(START_MS - DEFAULT_LOOKBACK_MS, START_MS + points * STEP_MS);
  const begun = performance.now();
  for (const group of groups) {
    let state: GroupState = {};
    for (let i = 0; i < points; i += 1) ({ state } = evaluateGroup(group, source, START_MS + i * STEP_MS, state));
  }
  const rules = groups.reduce((sum, group) => sum + group.rules.length, 0);
  return ((performance.now() - begun) * 1000) / (points * rules);
}

/** From text to alerts, as promtool does, in this process. */
function sliceSeconds(rules: number, points: number): number {
  const begun = performance.now();
  drive(loadRules(rules), loadStore(points), points, () => undefined);
  return (performance.now() - begun) / 1000;
}

/** Seconds that promtool takes for the same rules on the same series; undefined where it is not installed. */
function promtool(): number | undefined {
  if (spawnSync('promtool', ['--version']).status !== 0) return undefined;
  const directory = mkdtempSync(path.join(tmpdir(), 'nsmon-replay-'));
  try {
    const [group] = loadRules(PROMTOOL_RULES);
    const rules = (group?.rules ?? []).map(({ name, expr, labels }) => ({ alert: name, expr, for: '2m', labels }));
    // JSON is YAML.
    writeFileSync(
      path.join(directory, 'rules.yml'),
      JSON.stringify({ groups: [{ name: 'load', interval: '1m', rules }] }),
    );
    const series = [...loadStore(PROMTOOL_POINTS).all()].map(({ labels, samples }) => ({
      series: `{${Object.entries(labels)
        .map(([name, value]) => `${name}="${value}"`)
        .join(',')}}`,
      values: [...samples.values.subarray(0, samples.length)].join(' '),
    }));
    const check = { eval_time: `${PROMTOOL_POINTS - 1}m`, alertname: 'None', exp_alerts: [] };
    const tests = [{ interval: '1m', input_series: series, alert_rule_test: [check] }];
    writeFileSync(
      path.join(directory, 'test.yml'),
      JSON.stringify({ rule_files: ['rules.yml'], evaluation_interval: '1m', tests }),
    );
    const begun = performance.now();
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'test.yml'], { cwd: directory });
    if (status !== 0) throw new Error(`promtool: ${stdout.toString()}${stderr.toString()}`);
    return (performance.now() - begun) / 1000;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
