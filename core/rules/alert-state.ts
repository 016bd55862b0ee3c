import { type Labels, seriesKey } from '../metrics/model.ts';
import type { VectorSample } from '../promql/values.ts';
import type { AlertingRule } from './model.ts';

/**
 * The life of the alerts of one rule, as a pure function over plain data (Prometheus' `rules/alerting.go`):
 * inactive -> pending -> firing -> resolved, where inactive ones are simply not there.
 */

export type AlertPhase = 'pending' | 'firing' | 'resolved';

export interface AlertState {
  /** Identity: series labels, rule labels, `alertname`. */
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly phase: AlertPhase;
  /** When the expression first held. */
  readonly activeAtMs: number;
  readonly firedAtMs?: number;
  /** Since when only `keep_firing_for` has kept it firing. */
  readonly keepFiringSinceMs?: number;
  readonly resolvedAtMs?: number;
  /** Of the expression, when it last held. */
  readonly value: number;
}

/** What is kept between evaluations of a rule; plain data that can be stored as JSON. */
export interface AlertingState {
  readonly alerts: readonly AlertState[];
}

export const NO_ALERTS: AlertingState = { alerts: [] };

/** An alert went from one phase to another; `inactive`: it was, or is, not there. */
export interface AlertChange {
  readonly alert: AlertState;
  readonly from: AlertPhase | 'inactive';
  readonly to: AlertPhase | 'inactive';
}

/** Resolved alerts are still reported for this long, so that one lost message loses no resolve (Prometheus: 15 min). */
export const RESOLVED_RETENTION_MS = 15 * 60_000;

/** Renders one text of a rule for one element of its expression's result. */
export type Render = (text: string, labels: Labels, value: number) => string;

/** What is raised while the expression holds, or while there is no data for it. */
export type Held = Pick<AlertState, 'labels' | 'annotations' | 'value'>;

/** What a rule does about missing data, if anything: see `no-data.ts`. */
export interface MissingData {
  /** Whether the series of an alert that no longer holds are gone, so that nobody knows: it stays as it is. */
  readonly lost: (alert: AlertState) => boolean;
  /** Raised because there is no data at all, firing after `forMs`. */
  readonly raised?: { readonly alert: Held; readonly forMs: number };
}

/** The rule cannot say what its alerts are; nothing of its state was changed. */
export class RuleEvaluationError extends Error {
  override readonly name = 'RuleEvaluationError';
}

/**
 * One evaluation of a rule at `nowMs`, whose expression gave `vector`; `missing` where no data is to be more than nothing.
 * Throws a RuleEvaluationError when two elements
 * become the same alert.
 */
export function step(
  rule: AlertingRule,
  state: AlertingState,
  vector: readonly VectorSample[],
  nowMs: number,
  render: Render = (text) => text,
  missing?: MissingData,
): [state: AlertingState, changes: AlertChange[]] {
  const held = heldAlerts(rule, vector, render);
  const raised = missing?.raised;
  const raisedKey = raised && seriesKey('', raised.alert.labels);
  if (raised && raisedKey !== undefined) held.set(raisedKey, raised.alert);
  const forMsOf = (key: string): number => (raised && key === raisedKey ? raised.forMs : rule.forMs);
  if (held.size === 0 && state.alerts.length === 0) return [NO_ALERTS, []];
  const alerts: AlertState[] = [];
  const changes: AlertChange[] = [];
  const record = (before: AlertState | undefined, after: AlertState | undefined): void => {
    if (after) alerts.push(after);
    const from = before?.phase ?? 'inactive';
    const to = after?.phase ?? 'inactive';
    const alert = after ?? before;
    if (alert && from !== to && !(from === 'resolved' && to === 'inactive')) changes.push({ alert, from, to });
  };
  for (const before of state.alerts) {
    const key = seriesKey('', before.labels);
    const now = held.get(key);
    if (now && before.phase !== 'resolved') {
      held.delete(key);
      const { keepFiringSinceMs: _since, ...rest } = before;
      const after = { ...rest, value: now.value, annotations: now.annotations };
      record(before, promote(forMsOf(key), after, nowMs));
    } else if (!now && before.phase !== 'resolved' && missing?.lost(before)) record(before, before);
    else if (!now) record(before, decay(rule, before, nowMs));
    // A resolved alert that holds again starts a new life below.
  }
  for (const [key, now] of held) {
    record(undefined, promote(forMsOf(key), { ...now, phase: 'pending', activeAtMs: nowMs }, nowMs));
  }
  return [{ alerts }, changes];
}

function heldAlerts(rule: AlertingRule, vector: readonly VectorSample[], render: Render): Map<string, Held> {
  const held = new Map<string, Held>();
  for (const sample of vector) {
    const { value } = sample;
    const own: Record<string, string> = {};
    for (const name in sample.labels) if (name !== '__name__') own[name] = sample.labels[name] ?? '';
    const labels: Record<string, string> = { ...own };
    for (const [name, text] of Object.entries(rule.labels)) labels[name] = render(text, own, value);
    labels.alertname = rule.name;
    const annotations: Record<string, string> = {};
    for (const [name, text] of Object.entries(rule.annotations)) annotations[name] = render(text, own, value);
    const key = seriesKey('', labels);
    if (held.has(key)) {
      throw new RuleEvaluationError('vector contains metrics with the same labelset after applying alert labels');
    }
    held.set(key, { labels, annotations, value });
  }
  return held;
}

/** The expression holds. */
function promote(forMs: number, alert: AlertState, nowMs: number): AlertState {
  if (alert.phase !== 'pending' || nowMs - alert.activeAtMs < forMs) return alert;
  return { ...alert, phase: 'firing', firedAtMs: nowMs };
}

/** The expression no longer holds. */
function decay(rule: AlertingRule, alert: AlertState, nowMs: number): AlertState | undefined {
  if (alert.phase === 'pending') return undefined;
  if (alert.phase === 'resolved') {
    return nowMs - (alert.resolvedAtMs ?? nowMs) > RESOLVED_RETENTION_MS ? undefined : alert;
  }
  if (rule.keepFiringForMs > 0) {
    const since = alert.keepFiringSinceMs ?? nowMs;
    if (nowMs - since < rule.keepFiringForMs) return { ...alert, keepFiringSinceMs: since };
  }
  const { keepFiringSinceMs: _since, ...rest } = alert;
  return { ...rest, phase: 'resolved', resolvedAtMs: nowMs };
}
