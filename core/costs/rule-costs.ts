import { OUTLIER_SCORE, OUTLIER_SOURCE } from '../outliers/score.ts';
import { metricNameOf } from '../promql/matchers.ts';
import { neededSeries } from '../promql/needed-series.ts';
import { type CloudSeries, cloudSeries } from '../rules/cloud-series.ts';
import { knownMetric } from '../rules/lint/metrics.ts';
import type { Rule, RuleGroup } from '../rules/model.ts';
import { cloudRecorded, type Plan, plan } from '../rules/plan.ts';
import { MONTH_MINUTES, PRICES } from './prices.ts';

/** The fleet that a plan is counted for. */
export interface Fleet {
  readonly devices: number;
  /** Of each device. */
  readonly channels: number;
  readonly sites: number;
}

export interface RuleCost {
  readonly rule: Rule;
  readonly plan: Plan;
  /** Series that the cloud keeps for it. */
  readonly series: number;
  /** USD a month, its share of what it has in common with other rules included. */
  readonly writes: number;
  readonly reads: number;
  readonly lambda: number;
}

export interface RuleCosts {
  readonly rules: readonly RuleCost[];
  /** What evaluating costs whichever rules there are: `evaluate-rules` once a minute. */
  readonly evaluation: number;
  /** What the alert reports of all agents cost, whichever rules there are. */
  readonly reports: number;
  readonly assumptions: readonly string[];
}

/** Of an item of the rule window: all labels, and a value or a histogram. */
const ITEM_BYTES = 450;
const HISTOGRAM_BYTES = 1900;
/** Of a recorded sample in its document: time and value as JSON. */
const RECORDED_BYTES = 32;
const WRITE_UNIT = 1024;
/** An eventually consistent read of 4 KB is half a unit. */
const READ_UNIT = 4096;
/** Cloud rules look back so far at least, and one point a minute is kept. */
const LOOKBACK_MINUTES = 5;
const REPORTS_A_MINUTE = 2;
/** Warm: `evaluate-rules` before it has looked at a series, and for each that it reads and decodes. */
const EVALUATE_SECONDS = 0.2;
const SECONDS_PER_ITEM = 15e-6;
const MEMORY_GB = 0.5;
const ROUTE_SECONDS = 0.08;

/** How many values a label of the catalogue has on one device. */
const LABEL_VALUES: Readonly<Record<string, number>> = {
  reason: 7,
  error_type: 5,
  outcome: 2,
  mode: 8,
  route: 10,
  stage: 3,
  query: 10,
};

/** Where each rule runs and what it costs a month. Of what several rules select each bears an equal share. */
export function ruleCosts(groups: readonly RuleGroup[], fleet: Fleet): RuleCosts {
  const rules = groups.flatMap((group) => group.rules.map((rule) => ({ group, rule })));
  const recorded = cloudRecorded(rules.map(({ rule }) => rule));
  const planned = rules.map(({ group, rule }) => ({ group, rule, plan: plan(rule, recorded) }));
  const needs = planned.flatMap((entry) =>
    entry.plan.where === 'cloud' ? needsOf(entry.group, entry.rule, recorded) : [],
  );
  const metrics = new Map<string, Need>();
  for (const need of needs) {
    const before = metrics.get(need.metric);
    metrics.set(need.metric, before && before.minutes >= need.minutes ? before : need);
  }
  const usersOf = (metric: string): number => needs.filter((need) => need.metric === metric).length;
  const costs = planned.map(({ group, rule, plan: where }): RuleCost => {
    const cost = { rule, plan: where, series: 0, writes: 0, reads: 0, lambda: 0 };
    for (const { metric, isRecorded } of needs.filter((need) => need.rule === rule)) {
      const widest = metrics.get(metric)!;
      const share = 1 / usersOf(metric);
      const of = isRecorded ? keptCost(widest, fleet) : windowCost(metric, widest.minutes, fleet);
      cost.series += of.series;
      cost.writes += of.writes * share;
      cost.reads += of.reads * share;
      cost.lambda += of.lambda * share;
    }
    if (where.where === 'cloud' && rule.kind === 'recording' && !metrics.has(rule.name)) return cost;
    if (where.where === 'cloud' && rule.kind === 'recording')
      cost.writes += recordingWrites(group, metrics.get(rule.name)!, fleet);
    return cost;
  });
  return {
    rules: costs,
    evaluation: lambda(MONTH_MINUTES, EVALUATE_SECONDS),
    reports: reports(fleet),
    assumptions: assumptions(fleet),
  };
}

interface Need {
  readonly rule: Rule;
  readonly metric: string;
  readonly minutes: number;
  readonly isRecorded: boolean;
}

/** The metrics that a rule of the cloud looks at, and how far back. */
function needsOf(group: RuleGroup, rule: Rule, recorded: ReadonlySet<string>): Need[] {
  const needs = new Map<string, Need>();
  const times = { startMs: 0, endMs: 0, stepMs: 0, lookbackMs: LOOKBACK_MINUTES * 60_000 };
  const kept = new Set(cloudSeries([{ ...group, rules: [rule] }]).map(({ metric }: CloudSeries) => metric));
  for (const [{ matchers }, { fromMs }] of neededSeries(rule.query, times)) {
    const name = metricNameOf(matchers);
    if (name === undefined) continue;
    const histogram = knownMetric(name)?.part === undefined ? name : (knownMetric(name)?.descriptor.name ?? name);
    const metric = name === OUTLIER_SCORE ? OUTLIER_SOURCE : histogram;
    const isRecorded = recorded.has(metric);
    if (!isRecorded && !kept.has(metric) && metric !== OUTLIER_SOURCE) continue;
    const minutes = Math.max(Math.ceil(-fromMs / 60_000), needs.get(metric)?.minutes ?? 0);
    needs.set(metric, { rule, metric, minutes: Number.isFinite(minutes) ? minutes : LOOKBACK_MINUTES, isRecorded });
  }
  // Made in the cloud of the leases, which are there anyway.
  needs.delete('nsmon_agent_last_seen_timestamp_seconds');
  return [...needs.values()];
}

/** Of a metric that `ingest` keeps in the rule window: one item a minute and series. */
function windowCost(metric: string, minutes: number, fleet: Fleet) {
  const series = seriesOf(metric, fleet);
  const isHourly = metric === OUTLIER_SOURCE;
  const bytes = knownMetric(metric)?.kind === 'histogram' ? HISTOGRAM_BYTES : ITEM_BYTES;
  const itemsAMonth = (series * MONTH_MINUTES) / (isHourly ? 10 : 1);
  // What is read: a query for each minute of the window; of the fleet's quality once an hour, both hours at once.
  const readsAMonth = isHourly ? (MONTH_MINUTES / 60) * 110 : MONTH_MINUTES * (minutes + 1);
  const itemsRead = isHourly ? (MONTH_MINUTES / 60) * series * 11 : MONTH_MINUTES * series * Math.max(minutes, 1);
  const unitsEach = Math.max(0.5, 0.5 * Math.ceil((bytes * (itemsRead / readsAMonth)) / READ_UNIT));
  return {
    series,
    writes: (itemsAMonth * Math.ceil(bytes / WRITE_UNIT) * PRICES.dynamoWrite.usd) / 1e6,
    reads: (readsAMonth * unitsEach * PRICES.dynamoRead.usd) / 1e6,
    lambda: lambda(0, itemsRead * SECONDS_PER_ITEM),
  };
}

/** Of a recorded series that is kept in a document of its own: read each minute, consistently. */
function keptCost({ minutes }: Need, { sites }: Fleet) {
  const bytes = RECORDED_BYTES * samplesIn(minutes);
  const unitsEach = Math.max(1, Math.ceil((bytes * sites) / READ_UNIT));
  return {
    series: sites,
    writes: 0,
    reads: (MONTH_MINUTES * unitsEach * PRICES.dynamoRead.usd) / 1e6,
    lambda: lambda(0, MONTH_MINUTES * sites * samplesIn(minutes) * 1e-6),
  };
}

/** Whoever keeps days records by the hour, hours by five minutes. */
function samplesIn(minutes: number): number {
  return minutes > 24 * 60 - 1 ? minutes / 60 : minutes > 30 ? minutes / 5 : minutes;
}

function recordingWrites({ intervalMs }: RuleGroup, { minutes }: Need, { sites }: Fleet): number {
  const everyMinutes = Math.max(1, (intervalMs ?? 60_000) / 60_000);
  const units = Math.ceil((RECORDED_BYTES * samplesIn(minutes)) / WRITE_UNIT);
  return ((MONTH_MINUTES / everyMinutes) * sites * units * PRICES.dynamoWrite.usd) / 1e6;
}

function seriesOf(metric: string, { devices, channels }: Fleet): number {
  if (metric === OUTLIER_SOURCE) return devices * channels;
  const labels = knownMetric(metric)?.descriptor.labels ?? [];
  return labels.reduce(
    (product, label) => product * (label === 'channel' ? channels : (LABEL_VALUES[label] ?? 1)),
    devices,
  );
}

/** USD of so many invocations, and of so many seconds in all beside `secondsEach`. */
function lambda(invocations: number, seconds: number): number {
  const all = invocations > 0 ? invocations * seconds : seconds;
  return (invocations * PRICES.lambdaRequest.usd) / 1e6 + all * MEMORY_GB * PRICES.lambdaGBSecond.usd;
}

function reports({ devices }: Fleet): number {
  const count = devices * REPORTS_A_MINUTE * MONTH_MINUTES;
  const iot = (count * (PRICES.iotRule.usd + PRICES.iotAction.usd)) / 1e6;
  // A report that changes nothing: one read and one write of the sender's state.
  const state = (count * (PRICES.dynamoRead.usd + PRICES.dynamoWrite.usd)) / 1e6;
  return iot + state + lambda(count, ROUTE_SECONDS);
}

function assumptions({ devices, channels, sites }: Fleet): string[] {
  return [
    `${devices} devices, an agent and a board each, ${channels} channels, ${sites} sites, measuring all the time`,
    `an item of the rule window is ${ITEM_BYTES} bytes, of a histogram ${HISTOGRAM_BYTES}; one a minute and series is kept`,
    'metrics outside the catalogue have one series a device; of what rules share each bears an equal part',
    `evaluate-rules: ${MEMORY_GB} GB, ${EVALUATE_SECONDS} s and ${SECONDS_PER_ITEM * 1e6} us an item; reports: one in 30 s`,
    'list prices of us-east-1 without free tiers; the metric store, which keeps everything anyway, is not in it',
  ];
}
