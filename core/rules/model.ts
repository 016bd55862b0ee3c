import type { Labels } from '../metrics/model.ts';
import type { Expr } from '../promql/ast.ts';
import type { NoData } from './no-data.ts';

/** Prometheus' rules, parsed: what a rule file says, with the expression as a tree and durations in milliseconds. */

interface RuleBase {
  /** The text of the expression, as written. */
  readonly expr: string;
  readonly query: Expr;
  /** Labels to add; values of an alerting rule may be templates. */
  readonly labels: Labels;
  /** Where the rule begins in its file, from 1. */
  readonly line: number;
}

export interface AlertingRule extends RuleBase {
  readonly kind: 'alerting';
  /** The `alertname` label. */
  readonly name: string;
  /** How long the expression must hold before the alert fires. */
  readonly forMs: number;
  /** How long the alert goes on firing after the expression ceased to hold. */
  readonly keepFiringForMs: number;
  readonly annotations: Labels;
  /** How far behind the present it looks; undefined: as far as its group. */
  readonly watermarkMs: number | undefined;
  readonly noData: NoData;
}

export interface RecordingRule extends RuleBase {
  readonly kind: 'recording';
  /** The metric name of the result. */
  readonly name: string;
}

export type Rule = AlertingRule | RecordingRule;

/** Rules that are evaluated together, in order, at one time. */
export interface RuleGroup {
  readonly name: string;
  /** Undefined: the evaluator's own interval. */
  readonly intervalMs: number | undefined;
  /** Most alerts of one rule, or most series of one recording rule; 0: no limit. */
  readonly limit: number;
  /** How far in the past the group looks, to give late samples time to arrive. */
  readonly queryOffsetMs: number;
  readonly rules: readonly Rule[];
}

/** Identifies a rule within its file, also across edits of others: `group/alerting/HighLatency/0`. */
export function ruleKey(group: RuleGroup, rule: Rule): string {
  let keys = keysOf.get(group);
  if (!keys) {
    keys = makeKeys(group);
    keysOf.set(group, keys);
  }
  return keys.get(rule) ?? `${group.name}/${rule.kind}/${rule.name}/-1`;
}

/** Remembered per object: an evaluator keeps its groups. */
const keysOf = new WeakMap<RuleGroup, ReadonlyMap<Rule, string>>();

function makeKeys(group: RuleGroup): Map<Rule, string> {
  const counts = new Map<string, number>();
  return new Map(
    group.rules.map((rule) => {
      const name = `${group.name}/${rule.kind}/${rule.name}`;
      const before = counts.get(name) ?? 0;
      counts.set(name, before + 1);
      return [rule, `${name}/${before}`];
    }),
  );
}
