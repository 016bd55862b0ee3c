import type { AlertState } from './alert-state.ts';
import type { GroupState, RuleEvaluation } from './group.ts';
import { type RuleGroup, ruleKey } from './model.ts';
import type { NoData } from './no-data.ts';
import { watermarkOf } from './watermark.ts';

/**
 * How a rule is. `unknown`: it has not been evaluated, or had nothing to look at, or failed; that is not the same as
 * `ok`. An alert that is kept without data counts as what it was.
 */
export type RuleHealth = 'firing' | 'pending' | 'ok' | 'unknown';

/** One rule with its last evaluations, for people: what `/rules` of an agent answers. Plain data. */
export interface RuleStatus {
  readonly group: string;
  readonly name: string;
  readonly kind: 'alerting' | 'recording';
  readonly expr: string;
  readonly health: RuleHealth;
  readonly watermarkMs: number;
  /** Of an alerting rule. */
  readonly noData?: NoData;
  /** Samples that came later than the watermark allows, since the state was made. */
  readonly late: number;
  readonly alerts: readonly AlertState[];
  /** The last 20, newest last. */
  readonly evaluations: readonly RuleEvaluation[];
}

export function ruleStatuses(group: RuleGroup, state: GroupState): RuleStatus[] {
  return group.rules.map((rule) => {
    const { alerts = [], history = [], late = 0 } = state[ruleKey(group, rule)] ?? {};
    return {
      group: group.name,
      name: rule.name,
      kind: rule.kind,
      expr: rule.expr,
      health: healthOf(alerts, history.at(-1)),
      watermarkMs: watermarkOf(group, rule),
      ...(rule.kind === 'alerting' ? { noData: rule.noData } : {}),
      late,
      alerts,
      evaluations: history,
    };
  });
}

function healthOf(alerts: readonly AlertState[], last: RuleEvaluation | undefined): RuleHealth {
  for (const phase of ['firing', 'pending'] as const) if (alerts.some((alert) => alert.phase === phase)) return phase;
  return last === undefined || last.outcome === 'no data' || last.outcome === 'error' ? 'unknown' : 'ok';
}
