import type { ReportedAlert } from '../../core/alerting/report.ts';
import { classicBoundaries } from '../../core/metrics/catalogue.ts';
import { type GaugePoint, type PointGroup, seriesKey } from '../../core/metrics/model.ts';
import {
  classicView,
  evaluateInstant,
  MemorySeriesSource,
  neededSeries,
  type SeriesSource,
} from '../../core/promql/index.ts';
import {
  type AlertChange,
  type ArrivedSample,
  evaluateGroup,
  type GroupState,
  LateSamples,
  mapHistory,
  missingSince,
  type RecordedSample,
  type Rule,
  type RuleError,
  type RuleGroup,
  type RuleStatus,
  restore,
  ruleKey,
  ruleStatuses,
  watermarkOf,
  withoutSamples,
} from '../../core/rules/index.ts';
import { readersOf } from './readers.ts';
import type { RulesState } from './state-file.ts';

export interface RuleLoopOptions {
  /** Groups with the rules that run here. */
  readonly groups: readonly RuleGroup[];
  readonly thing: string;
  /** Interval of groups that name none. */
  readonly intervalMs: number;
  /** How far back an instant selector looks, if further than LOOKBACK_MS: applications are asked less often. */
  readonly lookbackMs?: number;
  /** What was saved before the restart. */
  readonly state: RulesState;
  readonly startMs: number;
  /** Milliseconds from any zero: tells how long rules take. */
  readonly clock?: () => number;
}

export interface LoopEvaluation {
  readonly changes: readonly AlertChange[];
  readonly errors: readonly RuleError[];
}

/**
 * How far back an instant selector looks. All series are collected every second, so one without a sample for this long
 * is no longer there: an application that went away, a session that ended.
 */
const LOOKBACK_MS = 15_000;

/**
 * After a restart a group with active alerts, or one that is to raise the lack of data, is not evaluated for this long, or for as long as their expressions look
 * back if that is longer: before the samples are there every expression would be empty and every alert be resolved,
 * although nothing is well.
 */
const SETTLE_MS = 10_000;
/** An `@` with an absolute time, or a range of days, would ask for more than an agent keeps in memory. */
const MAX_WINDOW_MS = 24 * 3_600_000;

/** Evaluates the rules that need this agent's series only, on a window of them in memory. */
export class RuleLoop {
  private readonly options: RuleLoopOptions;
  private readonly memory: MemorySeriesSource;
  private readonly source: SeriesSource;
  private readonly lookbackMs: number;
  private readonly windowMs: number;
  private readonly states = new Map<string, GroupState>();
  private readonly reported = new Map<string, readonly ReportedAlert[]>();
  private readonly nextMs = new Map<string, number>();
  /** Of the groups that keep to no interval of their own. */
  private readonly readers: ReadonlyMap<string, ReadonlySet<RuleGroup>>;
  private readonly settledMs = new Map<string, number>();
  private readonly recorded = new Map<string, RecordedSample>();
  private readonly lateSamples: LateSamples;
  private readonly byName: ReadonlyMap<string, RuleGroup>;
  private lastForgottenMs: number;
  private late = 0;

  constructor(options: RuleLoopOptions) {
    this.options = options;
    this.lookbackMs = Math.max(LOOKBACK_MS, options.lookbackMs ?? 0);
    this.windowMs = windowOf(options.groups, this.lookbackMs);
    const outOfOrderMs = Math.max(0, ...options.groups.map(longestWatermark));
    this.memory = new MemorySeriesSource({ retentionMs: this.windowMs, outOfOrderMs });
    this.source = classicView(this.memory, classicBoundaries);
    this.lastForgottenMs = options.startMs;
    this.lateSamples = new LateSamples(options.groups);
    this.byName = new Map(options.groups.map((group) => [group.name, group]));
    // With a watermark an evaluation at any other time than its own would make the history depend on arrivals.
    const eager = options.groups.filter((group) => group.intervalMs === undefined && longestWatermark(group) === 0);
    this.readers = readersOf(eager);
    this.endRemovedGroups();
    for (const group of options.groups) {
      const saved = options.state[group.name] ?? {};
      const state = restore(saved, options.startMs);
      const alerts = Object.values(state).flatMap((rule) => rule.alerts);
      this.states.set(group.name, state);
      this.reported.set(
        group.name,
        alerts.map(({ phase, keepFiringSinceMs: _since, ...alert }) => ({ ...alert, state: phase })),
      );
      const mustSettle = group.rules.filter((rule) => {
        const isActive = state[ruleKey(group, rule)]?.alerts.some(({ phase }) => phase !== 'resolved') ?? false;
        // Before samples are there, there are none: that is no reason to say so.
        return isActive || (rule.kind === 'alerting' && rule.noData !== 'resolve');
      });
      const settleMs = mustSettle.map((rule) => Math.max(SETTLE_MS, reachOf(rule, 0)) + watermarkOf(group, rule));
      const settledMs = options.startMs + Math.max(0, ...settleMs);
      this.nextMs.set(group.name, settledMs);
      this.settledMs.set(group.name, settledMs);
    }
  }

  /** Takes in a collection. Roll-ups are for the store: rules look at what they were made from. */
  observe(groups: readonly PointGroup[]): void {
    for (const { resource, points } of groups) {
      for (const point of points) {
        if (point.kind === 'rollup') continue;
        const labels = { ...resource, ...point.labels, thing: this.options.thing };
        const value = point.kind === 'histogram' ? point.histogram : point.value;
        this.memory.append(point.name, labels, point.timeMs, value);
        this.noteIfLate({ name: point.name, labels, timeMs: point.timeMs });
      }
    }
  }

  private noteIfLate(sample: ArrivedSample): void {
    const changed = this.lateSamples.note(sample, ({ name }) => this.states.get(name));
    for (const [{ name }, state] of changed) this.states.set(name, state);
    this.late += changed.size;
  }

  /** How many samples came later than a rule's watermark allows since this was last asked. */
  takeLate(): number {
    const { late } = this;
    this.late = 0;
    return late;
  }

  /** Recorded series and alerts of groups that are no longer in the files go on for nobody. */
  private endRemovedGroups(): void {
    const { state, startMs } = this.options;
    for (const [name, rules] of Object.entries(state)) {
      if (this.byName.has(name)) continue;
      const gone = Object.values(rules).flatMap(({ series }) => missingSince(series, [], startMs));
      for (const sample of gone) this.record(sample);
    }
  }

  /** Evaluates the groups whose time has come. */
  evaluate(nowMs: number): LoopEvaluation {
    const due = this.options.groups.filter(({ name }) => nowMs >= (this.nextMs.get(name) ?? 0));
    for (const { name, intervalMs } of due) this.nextMs.set(name, nowMs + (intervalMs ?? this.options.intervalMs));
    const result = this.evaluateGroups(due, nowMs);
    if (nowMs - this.lastForgottenMs >= 60_000) {
      this.memory.forgetBefore(nowMs - this.windowMs);
      this.lastForgottenMs = nowMs;
    }
    return result;
  }

  /**
   * Evaluates the groups that look at any of these points, before their time: an alert need not wait for the next
   * second. A group that names an interval keeps to it.
   */
  evaluateArrival(arrived: readonly PointGroup[], nowMs: number): LoopEvaluation {
    const names = new Set(arrived.flatMap(({ points }) => points.map(({ name }) => name)));
    const touched = new Set([...names].flatMap((name) => [...(this.readers.get(name) ?? [])]));
    // In the order of the files: a rule may look at what another group recorded.
    const groups = this.options.groups.filter(
      (group) => touched.has(group) && nowMs >= (this.settledMs.get(group.name) ?? 0),
    );
    return this.evaluateGroups(groups, nowMs);
  }

  private evaluateGroups(groups: readonly RuleGroup[], nowMs: number): LoopEvaluation {
    const changes: AlertChange[] = [];
    const errors: RuleError[] = [];
    for (const group of groups) {
      const state = this.states.get(group.name) ?? {};
      const { lookbackMs, options } = this;
      const clock = options.clock === undefined ? {} : { clock: options.clock };
      const identity = { thing: options.thing };
      const result = evaluateGroup(group, this.source, nowMs, state, { lookbackMs, identity, ...clock });
      this.states.set(group.name, result.state);
      this.reported.set(group.name, result.alerts);
      changes.push(...result.changes);
      errors.push(...result.errors);
      for (const sample of result.recorded) this.record(sample);
    }
    return { changes, errors };
  }

  /** The value of an expression now, of its first element; null without a result. Throws where it cannot be evaluated. */
  query(expr: string, nowMs: number): number | null {
    const value = evaluateInstant(expr, nowMs, this.source, { lookbackMs: this.lookbackMs });
    if (value.type === 'scalar') return value.value;
    return value.type === 'vector' ? (value.vector[0]?.value ?? null) : null;
  }

  /** All alerts: the complete set that a report needs. */
  alerts(): ReportedAlert[] {
    return [...this.reported.values()].flat();
  }

  /** What is to be saved for a restart: all but what the rules looked at, which is large and for people of now. */
  state(): RulesState {
    const lean = (group: GroupState): GroupState =>
      mapHistory(group, (history) => history.slice(-1).map(withoutSamples));
    return Object.fromEntries([...this.states].map(([name, group]) => [name, lean(group)]));
  }

  /** Each rule with its last evaluations. */
  rules(): RuleStatus[] {
    return this.options.groups.flatMap((group) => ruleStatuses(group, this.states.get(group.name) ?? {}));
  }

  /**
   * The series that rules make (recorded ones, `ALERTS`) for the store: the newest sample of each since they were last
   * asked for. Each is handed out once, or an evaluation that comes late would make a message repeat a point.
   */
  takeRecordedPoints(): PointGroup {
    const points: GaugePoint[] = [];
    for (const { name, labels, timeMs, value } of this.recorded.values()) {
      // ALERTS_FOR_STATE only serves Prometheus' own restarts; ours keep their state in a file.
      if (name !== 'ALERTS_FOR_STATE' && !Number.isNaN(value))
        points.push({ kind: 'gauge', name, labels, timeMs, value });
    }
    this.recorded.clear();
    return { resource: {}, points };
  }

  private record(sample: RecordedSample): void {
    const { name, labels, timeMs, value, histogram, stale } = sample;
    const key = seriesKey(name, labels);
    if (stale) {
      // No store of ours has Prometheus' marker of an end: an alert's last value is 0, or it would seem to last on.
      if (name === 'ALERTS') this.recorded.set(key, { ...sample, value: 0 });
      else this.recorded.delete(key);
      this.memory.markStale(name, labels, timeMs);
      return;
    }
    if (histogram === undefined) this.recorded.set(key, sample);
    this.memory.append(name, labels, timeMs, histogram ?? value);
  }
}

function longestWatermark(group: RuleGroup): number {
  return Math.max(0, ...group.rules.map((rule) => watermarkOf(group, rule)));
}

/** How much of the past the rules look at, in all. */
function windowOf(groups: readonly RuleGroup[], lookbackMs: number): number {
  const reaches = groups.flatMap((group) =>
    group.rules.map((rule) => reachOf(rule, lookbackMs) + watermarkOf(group, rule)),
  );
  return Math.max(0, ...reaches) + lookbackMs;
}

/** How far back the expression of a rule looks, when an instant selector looks back `lookbackMs`. */
function reachOf({ query }: Rule, lookbackMs: number): number {
  const needed = neededSeries(query, { startMs: 0, endMs: 0, stepMs: 0, lookbackMs });
  const reaches = [...needed.values()].map(({ fromMs }) => Math.min(-fromMs, MAX_WINDOW_MS));
  return Math.max(0, ...reaches.filter(Number.isFinite));
}
