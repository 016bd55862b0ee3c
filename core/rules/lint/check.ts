import type { RoutingConfig } from '../../alerting/routing/config.ts';
import type { Expr } from '../../promql/ast.ts';
import type { AlertingRule, Rule, RuleGroup } from '../model.ts';
import type { Plan } from '../plan.ts';
import type { Remark } from './finding.ts';
import type { Metrics } from './metrics.ts';
import type { RulePlaces } from './places.ts';

/** What a check knows beside the rule. */
export interface RuleContext {
  readonly group: RuleGroup;
  readonly plan: Plan;
  readonly places: RulePlaces;
  readonly metrics: Metrics;
  readonly surroundings: Surroundings;
}

/** What surrounds the rule files; a check that needs what is absent says nothing. */
export interface Surroundings {
  readonly routing?: RoutingConfig;
  /** Whether somebody is told of what this receiver gets. */
  readonly reachesSomebody?: (receiver: string) => boolean;
  /** The anchors of the headings of a local page; undefined: there is no such page. */
  readonly anchorsOf?: (path: string) => ReadonlySet<string> | undefined;
}

/** One thing that can be wrong with a rule: one file, one line in the list `checks`. */
export interface Check {
  /** What `# nsmon lint: disable=` names. */
  readonly name: string;
  readonly run: (rule: Rule, context: RuleContext) => Iterable<Remark>;
}

/** As much of an expression as a sentence bears. */
const MOST_CHARACTERS = 100;

/** The text of a part of the rule's expression, on one line; long ones are cut. */
export function textOf(rule: Rule, node: Expr): string {
  const text = wholeTextOf(rule, node);
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 3)}...`;
}

export function wholeTextOf({ expr }: Rule, node: Expr): string {
  return expr.slice(node.start, node.end).replace(/\s+/g, ' ');
}

/** A check of alerting rules only. */
export function alertCheck(name: string, run: (rule: AlertingRule, context: RuleContext) => Iterable<Remark>): Check {
  return { name, run: (rule, context) => (rule.kind === 'alerting' ? run(rule, context) : []) };
}
