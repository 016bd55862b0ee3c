import type { ReportedAlert } from '../alerting/report.ts';
import type { Labels } from '../metrics/model.ts';
import { Annotations } from '../promql/annotations.ts';
import { evaluate } from '../promql/evaluate.ts';
import { parsePromql } from '../promql/parser.ts';
import type { NativeHistogram, SeriesSource } from '../promql/series.ts';
import { floatSample, type Value, type VectorSample } from '../promql/values.ts';
import { alertSeries } from './alert-series.ts';
import {
  type AlertChange,
  type AlertingState,
  type AlertState,
  type MissingData,
  NO_ALERTS,
  type Render,
  RuleEvaluationError,
  step,
} from './alert-state.ts';
import { type EvaluationSample, Inputs, KEPT_SAMPLES, show } from './inputs.ts';
import { type AlertingRule, type RecordingRule, type Rule, type RuleGroup, ruleKey } from './model.ts';
import { missingData } from './no-data.ts';
import { overlay } from './overlay.ts';
import { missingSince, recordSeries } from './recording.ts';
import { renderTemplate } from './template/template.ts';
import { watermarkOf } from './watermark.ts';

/** A sample that a rule made: of a recording rule, or an `ALERTS` series. `stale`: the series ended here. */
export interface RecordedSample {
  readonly name: string;
  readonly labels: Labels;
  readonly timeMs: number;
  readonly value: number;
  readonly histogram?: NativeHistogram;
  readonly stale?: true;
}

/**
 * What an evaluation came to. For an alerting rule `results` is: it holds. `empty`: there were samples, and none of them
 * satisfied the expression. `no data`: there was nothing to look at, so nobody knows.
 */
export type Outcome = 'results' | 'empty' | 'no data' | 'error';

/** One evaluation of one rule, for people who wonder why it did or did not fire. Plain data. */
export interface RuleEvaluation {
  /** The time it was about: earlier than the present by the rule's watermark. */
  readonly atMs: number;
  readonly outcome: Outcome;
  /** Elements of the expression's result, and the first few of them. */
  readonly results: number;
  readonly values: readonly EvaluationSample[];
  /** Series that the selectors found, and the newest samples of a few of them. */
  readonly series: number;
  readonly inputs: readonly EvaluationSample[];
  /** Where the evaluator was given a clock. */
  readonly durationMs?: number;
  readonly error?: string;
}

/** What is kept of one rule between evaluations: plain data. */
export interface RuleState extends AlertingState {
  /** Series the rule made last time, to end them when they are no longer made. */
  readonly series: readonly Labels[];
  /** The last 20, newest last. */
  readonly history: readonly RuleEvaluation[];
  /** Samples that came later than the watermark allows, see `LateSamples`. */
  readonly late?: number;
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
  /** Labels of the evaluator, which an alert about missing data carries: all the series it has have them. */
  readonly identity?: Labels;
  /** Milliseconds from any zero: tells how long rules take. */
  readonly clock?: () => number;
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
    const about = (message: string): RuleError => ({ group: group.name, rule: rule.name, message });
    const result = evaluateRule(group, rule, before, all, nowMs, options);
    const { evaluation } = result;
    if (evaluation.error !== undefined) errors.push(about(evaluation.error));
    warnings.push(...result.warnings.map(about));
    recorded.push(...result.recorded);
    changes.push(...result.changes);
    for (const alert of result.state.alerts) alerts.push(reported(alert));
    next[key] = { ...result.state, history: [...before.history.slice(1 - HISTORY), evaluation] };
  }
  for (const [key, { series }] of Object.entries(state)) {
    // The rule is no longer in the file.
    if (!next[key]) recorded.push(...missingSince(series, [], nowMs - group.queryOffsetMs));
  }
  return { state: next, alerts, changes, recorded, errors, warnings };
}

/** What an evaluation does to a rule's state. */
interface RuleEffect {
  readonly state: RuleState;
  readonly recorded: readonly RecordedSample[];
  readonly changes: readonly AlertChange[];
  readonly error?: string;
}

interface RuleResult extends RuleEffect {
  readonly evaluation: RuleEvaluation;
  readonly warnings: readonly string[];
}

function evaluateRule(
  group: RuleGroup,
  rule: Rule,
  before: RuleState,
  source: SeriesSource,
  nowMs: number,
  options: GroupOptions,
): RuleResult {
  const { clock, lookbackMs, identity = {} } = options;
  const begunMs = clock?.();
  const atMs = nowMs - watermarkOf(group, rule);
  const inputs = new Inputs(source);
  const annotations = new Annotations();
  let vector: readonly VectorSample[] = [];
  let effect: RuleEffect;
  try {
    vector = vectorOf(rule, evaluate(rule.query, { at: atMs, source: inputs, lookbackMs, annotations }));
    effect =
      rule.kind === 'alerting'
        ? alerting(group, rule, before, vector, { nowMs, atMs }, renderer(atMs, source, options), () =>
            missingData(rule, inputs, vector.length > 0, identity),
          )
        : recording(group, rule, before, vector, atMs);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    effect = { state: before, recorded: [], changes: [], error: error.message };
  }
  const { error } = effect;
  const evaluation: RuleEvaluation = {
    atMs,
    outcome: outcomeOf(error, vector, inputs),
    results: vector.length,
    values: vector.slice(0, KEPT_SAMPLES).map((sample) => show(sample.labels, sample)),
    series: inputs.count,
    inputs: inputs.samples(vector),
    ...(clock === undefined || begunMs === undefined ? {} : { durationMs: clock() - begunMs }),
    ...(error === undefined ? {} : { error }),
  };
  return { ...effect, evaluation, warnings: annotations.format('warning', rule.expr) };
}

function outcomeOf(error: string | undefined, vector: readonly VectorSample[], inputs: Inputs): Outcome {
  if (error !== undefined) return 'error';
  if (vector.length > 0) return 'results';
  return inputs.areMissing ? 'no data' : 'empty';
}

function vectorOf(rule: Rule, value: Value): readonly VectorSample[] {
  if (value.type === 'vector') return value.vector;
  if (value.type === 'scalar') return [floatSample({}, value.value, false)];
  return unsuitable(rule, value.type);
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
  { nowMs, atMs }: { readonly nowMs: number; readonly atMs: number },
  render: Render,
  missing: () => MissingData | undefined,
): RuleEffect {
  const [state, changes] = step(rule, before, vector, nowMs, render, missing());
  const active = state.alerts.filter(({ phase }) => phase !== 'resolved');
  if (group.limit > 0 && active.length > group.limit) {
    // As in Prometheus: too many alerts mean a wrong rule, and none of them is sent.
    const error = `exceeded limit of ${group.limit} with ${active.length} alerts`;
    return { state: { ...before, alerts: [] }, recorded: [], changes: [], error };
  }
  const made = alertSeries(active, atMs);
  return {
    state: { ...before, alerts: state.alerts, series: made.map(named) },
    recorded: [...made, ...missingSince(before.series, made, atMs)],
    changes,
  };
}

function recording(
  group: RuleGroup,
  rule: RecordingRule,
  before: RuleState,
  vector: readonly VectorSample[],
  atMs: number,
): RuleEffect {
  if (group.limit > 0 && vector.length > group.limit) {
    throw new RuleEvaluationError(`exceeded limit of ${group.limit} with ${vector.length} series`);
  }
  const made = recordSeries(rule, vector, atMs);
  return {
    state: { ...before, series: made.map(named) },
    recorded: [...made, ...missingSince(before.series, made, atMs)],
    changes: [],
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
