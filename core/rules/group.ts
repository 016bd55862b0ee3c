import type { ReportedAlert } from '../alerting/report.ts';
import type { Labels } from '../metrics/model.ts';
import { Annotations } from '../promql/annotations.ts';
import { evaluate } from '../promql/evaluate.ts';
import { parsePromql } from '../promql/parser.ts';
import type { NativeHistogram, SeriesSource } from '../promql/series.ts';
import type { VectorSample } from '../promql/values.ts';
import { alertSeries } from './alert-series.ts';
import {
  type AlertChange,
  type AlertingState,
  type AlertState,
  NO_ALERTS,
  type Render,
  RuleEvaluationError,
  step,
} from './alert-state.ts';
import { type AlertingRule, type RecordingRule, type Rule, type RuleGroup, ruleKey } from './model.ts';
import { overlay } from './overlay.ts';
import { missingSince, recordSeries } from './recording.ts';
import { renderTemplate } from './template/template.ts';

/** A sample that a rule made: of a recording rule, or an `ALERTS` series. `stale`: the series ended here. */
export interface RecordedSample {
  readonly name: string;
  readonly labels: Labels;
  readonly timeMs: number;
  readonly value: number;
  readonly histogram?: NativeHistogram;
  readonly stale?: true;
}

/** One evaluation of one rule, for people who wonder why it did or did not fire. */
export interface RuleEvaluation {
  readonly atMs: number;
  /** Elements of the expression's result. */
  readonly results: number;
  readonly error?: string;
}

/** What is kept of one rule between evaluations: plain data. */
export interface RuleState extends AlertingState {
  /** Series the rule made last time, to end them when they are no longer made. */
  readonly series: readonly Labels[];
  /** The last 20, newest last. */
  readonly history: readonly RuleEvaluation[];
}

/** By `ruleKey`, so that the state survives edits of other rules. */
export type GroupState = Readonly<Record<string, RuleState>>;

export interface RuleError {
  readonly group: string;
  readonly rule: string;
  readonly message: string;
}

export interface GroupEvaluation {
  readonly state: GroupState;
  /** All that are pending, firing or resolved within the last 15 minutes. */
  readonly alerts: readonly ReportedAlert[];
  readonly changes: readonly AlertChange[];
  readonly recorded: readonly RecordedSample[];
  readonly errors: readonly RuleError[];
  /** Warnings of the expressions: series that were left out, for example. */
  readonly warnings: readonly RuleError[];
}

export interface GroupOptions {
  readonly lookbackMs?: number;
  /** `$externalLabels` of templates. */
  readonly externalLabels?: Labels;
  readonly externalUrl?: string;
}

const HISTORY = 20;
const NEW_STATE: RuleState = { ...NO_ALERTS, series: [], history: [] };

/**
 * Evaluates a group's rules in order at `nowMs`; a rule sees what the rules before it recorded. A rule that fails keeps
 * its alerts as they are and does not keep the others from being evaluated.
 */
export function evaluateGroup(
  group: RuleGroup,
  source: SeriesSource,
  nowMs: number,
  state: GroupState = {},
  options: GroupOptions = {},
): GroupEvaluation {
  const next: Record<string, RuleState> = {};
  const alerts: ReportedAlert[] = [];
  const changes: AlertChange[] = [];
  const recorded: RecordedSample[] = [];
  const errors: RuleError[] = [];
  const warnings: RuleError[] = [];
  const all = overlay(source, recorded);
  for (const rule of group.rules) {
    const key = ruleKey(group, rule);
    const before = state[key] ?? NEW_STATE;
    const annotations = new Annotations();
    const about = (message: string): RuleError => ({ group: group.name, rule: rule.name, message });
    const result = evaluateRule(group, rule, before, all, nowMs, annotations, options);
    if (result.error !== undefined) errors.push(about(result.error));
    warnings.push(...annotations.format('warning', rule.expr).map(about));
    recorded.push(...result.recorded);
    changes.push(...result.changes);
    alerts.push(...result.state.alerts.map(reported));
    const entry: RuleEvaluation = {
      atMs: nowMs,
      results: result.results,
      ...(result.error === undefined ? {} : { error: result.error }),
    };
    next[key] = { ...result.state, history: [...before.history.slice(1 - HISTORY), entry] };
  }
  return { state: next, alerts, changes, recorded, errors, warnings };
}

interface RuleResult {
  readonly state: RuleState;
  readonly recorded: readonly RecordedSample[];
  readonly changes: readonly AlertChange[];
  readonly results: number;
  readonly error?: string;
}

function evaluateRule(
  group: RuleGroup,
  rule: Rule,
  before: RuleState,
  source: SeriesSource,
  nowMs: number,
  annotations: Annotations,
  options: GroupOptions,
): RuleResult {
  let results = 0;
  try {
    const at = nowMs - group.queryOffsetMs;
    const { lookbackMs } = options;
    const value = evaluate(rule.query, { at, source, lookbackMs, annotations });
    const vector: readonly VectorSample[] =
      value.type === 'vector'
        ? value.vector
        : value.type === 'scalar'
          ? [{ labels: {}, value: value.value, histogram: undefined, dropName: false }]
          : unsuitable(rule, value.type);
    results = vector.length;
    return rule.kind === 'alerting'
      ? alerting(group, rule, before, vector, nowMs, renderer(at, source, options))
      : recording(group, rule, before, vector, nowMs);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { state: before, recorded: [], changes: [], results, error: error.message };
  }
}

function unsuitable(rule: Rule, type: string): never {
  throw new RuleEvaluationError(
    `rule ${rule.name} needs an instant vector or a scalar, its expression gives a ${type}`,
  );
}

function alerting(
  group: RuleGroup,
  rule: AlertingRule,
  before: RuleState,
  vector: readonly VectorSample[],
  nowMs: number,
  render: Render,
): RuleResult {
  const [state, changes] = step(rule, before, vector, nowMs, render);
  const active = state.alerts.filter(({ phase }) => phase !== 'resolved');
  if (group.limit > 0 && active.length > group.limit) {
    // As in Prometheus: too many alerts mean a wrong rule, and none of them is sent.
    const error = `exceeded limit of ${group.limit} with ${active.length} alerts`;
    return { state: { ...before, alerts: [] }, recorded: [], changes: [], results: vector.length, error };
  }
  const made = alertSeries(active, nowMs);
  return {
    state: { ...before, alerts: state.alerts, series: made.map(named) },
    recorded: [...made, ...missingSince(before.series, made, nowMs)],
    changes,
    results: vector.length,
  };
}

function recording(
  group: RuleGroup,
  rule: RecordingRule,
  before: RuleState,
  vector: readonly VectorSample[],
  nowMs: number,
): RuleResult {
  if (group.limit > 0 && vector.length > group.limit) {
    throw new RuleEvaluationError(`exceeded limit of ${group.limit} with ${vector.length} series`);
  }
  const made = recordSeries(rule, vector, nowMs);
  return {
    state: { ...before, series: made.map(named) },
    recorded: [...made, ...missingSince(before.series, made, nowMs)],
    changes: [],
    results: vector.length,
  };
}

/** A series' labels with its name. */
function named({ name, labels }: RecordedSample): Labels {
  return { ...labels, __name__: name };
}

function renderer(
  at: number,
  source: SeriesSource,
  { externalLabels = {}, externalUrl = '', lookbackMs }: GroupOptions,
): Render {
  const context = {
    nowMs: at,
    externalUrl,
    query: (promql: string) => {
      const value = evaluate(parsePromql(promql), { at, source, lookbackMs });
      if (value.type === 'scalar') return [{ Labels: {}, Value: value.value }];
      return value.type === 'vector'
        ? value.vector.map((sample) => ({ Labels: sample.labels, Value: sample.value }))
        : [];
    },
  };
  return (text, labels, value) => renderTemplate(text, { labels, externalLabels, value }, context);
}

function reported(alert: AlertState): ReportedAlert {
  const { labels, annotations, phase, activeAtMs, firedAtMs, resolvedAtMs, value } = alert;
  return {
    labels,
    annotations,
    state: phase,
    activeAtMs,
    ...(firedAtMs === undefined ? {} : { firedAtMs }),
    ...(resolvedAtMs === undefined ? {} : { resolvedAtMs }),
    value,
  };
}
