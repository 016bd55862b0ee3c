import { OUTLIER_SCORE } from '../outliers/score.ts';
import { type Binary, children, type Expr, walk } from '../promql/ast.ts';
import { metricNameOf } from '../promql/matchers.ts';
import { typeOf } from '../promql/typecheck.ts';
import type { Rule } from './model.ts';

/** Where a rule is evaluated: in each agent on its own series, or in the cloud on those of all. */
export interface Plan {
  readonly where: 'edge' | 'cloud';
  /** For people: which part of the rule decided it. */
  readonly why: string;
}

/** Labels that tell agents apart, each by itself: as long as one of them stays, no two agents meet. */
const AGENT_LABELS = ['thing', 'instance', 'device_id'] as const;

/** Series that exist in the cloud only. */
const CLOUD_METRICS: ReadonlySet<string> = new Set(['nsmon_agent_last_seen_timestamp_seconds', OUTLIER_SCORE]);

/**
 * A rule whose result for one agent depends on that agent's series only runs at the edge: it needs no cloud, works
 * without a connection and reacts within a second. A rule that lets agents meet (an aggregation that drops all labels
 * that tell them apart, a join on other labels, absence of a series, which every agent but one would report) runs in the
 * cloud. The annotation `nsmon_where: edge` or `cloud` decides otherwise.
 * @param recorded names of the series that rules of the cloud record (`cloudRecorded`): only the cloud has them
 */
export function plan(rule: Rule, recorded: ReadonlySet<string> = new Set()): Plan {
  const forced = rule.kind === 'alerting' ? rule.annotations.nsmon_where : undefined;
  if (forced === 'edge' || forced === 'cloud')
    return { where: forced, why: `the annotation nsmon_where says ${forced}` };
  const reason = crossing(rule.query) ?? recordedInCloud(rule.query, recorded);
  return reason ? { where: 'cloud', why: reason } : { where: 'edge', why: 'needs the series of one agent only' };
}

/** The names that recording rules of the cloud make: those that let agents meet, and those that look at such. */
export function cloudRecorded(rules: readonly Rule[]): ReadonlySet<string> {
  const recorded = new Set<string>();
  const recordings = rules.filter(({ kind }) => kind === 'recording');
  for (let before = -1; before < recorded.size; ) {
    before = recorded.size;
    for (const rule of recordings) if (plan(rule, recorded).where === 'cloud') recorded.add(rule.name);
  }
  return recorded;
}

function recordedInCloud(expr: Expr, recorded: ReadonlySet<string>): string | undefined {
  for (const node of walk(expr)) {
    const name = node.kind === 'selector' ? metricNameOf(node.matchers) : undefined;
    if (name !== undefined && recorded.has(name)) return `${name} is recorded in the cloud`;
  }
  return undefined;
}

/** Why the expression lets agents meet; undefined: it does not. */
function crossing(expr: Expr): string | undefined {
  for (const node of walk(expr)) {
    const reason = crossingAt(node);
    if (reason) return reason;
  }
  return undefined;
}

function crossingAt(node: Expr): string | undefined {
  switch (node.kind) {
    case 'selector': {
      const name = metricNameOf(node.matchers);
      return name !== undefined && CLOUD_METRICS.has(name) ? `${name} is made in the cloud` : undefined;
    }
    case 'aggregation': {
      if (keepsAgent(node.grouping, node.without) || !hasSeries(node.expr)) return undefined;
      const labels = node.grouping.join(', ');
      const grouped = labels === '' && !node.without ? '' : ` ${node.without ? 'without' : 'by'} (${labels})`;
      return `${node.op}${grouped} aggregates across agents: group by ${AGENT_LABELS.join(', or ')} to stay at the edge`;
    }
    case 'binary':
      return joinAcross(node);
    case 'call':
      if (node.name === 'absent' || node.name === 'absent_over_time') {
        const pinned = [...walk(node)].some(
          (inner) =>
            inner.kind === 'selector' &&
            inner.matchers.some(({ name, op }) => op === '=' && (AGENT_LABELS as readonly string[]).includes(name)),
        );
        return pinned ? undefined : `${node.name}() is about the series of all agents`;
      }
      if (node.name === 'scalar' && hasSeries(node))
        return 'scalar() is about the only series among those of all agents';
      return undefined;
    case 'number':
    case 'string':
    case 'range':
    case 'subquery':
    case 'unary':
    case 'paren':
      return undefined;
  }
}

/** Whether grouping leaves at least one label that tells agents apart. */
function keepsAgent(labels: readonly string[], without: boolean): boolean {
  const named = AGENT_LABELS.filter((label) => labels.includes(label));
  return without ? named.length < AGENT_LABELS.length && !labels.includes('thing') : named.length > 0;
}

function joinAcross(node: Binary): string | undefined {
  const { matching, op, left, right } = node;
  if (typeOf(left) === 'scalar' || typeOf(right) === 'scalar' || !hasSeries(left) || !hasSeries(right))
    return undefined;
  // `or` lets each side through as it is; a left side that both agents share hides nothing of another agent.
  if (keepsAgent(matching.labels, !matching.on)) return undefined;
  const labels = `${matching.on ? 'on' : 'ignoring'} (${matching.labels.join(', ')})`;
  return `${op} ${labels} joins series across agents: match on ${AGENT_LABELS.join(', or ')} to stay at the edge`;
}

function hasSeries(expr: Expr): boolean {
  return expr.kind === 'selector' || children(expr).some(hasSeries);
}
