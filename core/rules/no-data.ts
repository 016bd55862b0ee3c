import type { Labels } from '../metrics/model.ts';
import { type Expr, walk } from '../promql/ast.ts';
import { formatMatchers } from '../promql/matchers.ts';
import type { AlertState, Held, MissingData } from './alert-state.ts';
import { agrees, type Inputs } from './inputs.ts';
import type { AlertingRule } from './model.ts';
import { selectors } from './selectors.ts';

/**
 * What happens to a rule without data, by its annotation `nsmon_no_data`. *No data* is: the selectors of its expression
 * found no sample (none within the look-back, or in the range; one that ended counts as none). That is not the same as
 * samples which a comparison filtered out: those say that all is well.
 *
 * - `resolve`: as in Prometheus, where what is not there does not hold.
 * - `keep`: an alert whose own series are gone stays as it is until they are back. Another channel's being there says
 *   nothing about this one.
 * - `fire`: as `keep`; and when all are gone, an alert of its own says at once that the rule is blind.
 * - `pending`: as `fire`, but that alert waits for the rule's `for`.
 */
export const NO_DATA = ['resolve', 'keep', 'fire', 'pending'] as const;
export type NoData = (typeof NO_DATA)[number];

/** Tells the alert about missing data from the rule's others, so that routes and people can. */
export const NO_DATA_LABEL = 'nsmon_no_data';

/**
 * @param holds whether the expression gave anything: then it said something, even if it was of the absence of a series
 * @param identity labels of the one who evaluates, which its series would have
 */
export function missingData(
  rule: AlertingRule,
  inputs: Inputs,
  holds: boolean,
  identity: Labels,
): MissingData | undefined {
  if (rule.noData === 'resolve') return undefined;
  const written = writtenLabels(rule.query);
  const lost = (alert: AlertState): boolean => {
    if (alert.labels[NO_DATA_LABEL] !== undefined) return false;
    const own: Record<string, string> = {};
    if (written !== 'any') {
      for (const [name, value] of Object.entries(alert.labels)) {
        if (name !== 'alertname' && !(name in rule.labels) && !written.has(name)) own[name] = value;
      }
    }
    for (const { series } of inputs.found()) if (agrees(series.labels, own)) return false;
    return true;
  };
  if (rule.noData === 'keep' || holds || !inputs.areMissing) return { lost };
  return { lost, raised: { alert: blindAlert(rule, identity), forMs: rule.noData === 'fire' ? 0 : rule.forMs } };
}

/** Labels of a result that need not be those of its series, because the expression writes them. */
function writtenLabels(expr: Expr): ReadonlySet<string> | 'any' {
  const written = new Set<string>();
  for (const node of walk(expr)) {
    if (node.kind === 'binary') for (const name of node.matching.include) written.add(name);
    if (node.kind === 'aggregation' && node.op === 'count_values') return 'any';
    if (node.kind !== 'call') continue;
    if (node.name === 'info') return 'any';
    if (node.name === 'label_replace' || node.name === 'label_join') {
      const destination = node.args[1];
      if (destination?.kind === 'string') written.add(destination.value);
    }
  }
  return written;
}

/**
 * Says what is known and no more: the labels by which the selectors look, and the rule's own that no template makes.
 * What the rule would say of a value, there is none to say of.
 */
function blindAlert(rule: AlertingRule, identity: Labels): Held {
  const looked = selectors(rule);
  const [first = []] = looked;
  const common = first.filter(
    ({ name, op, value }) =>
      op === '=' &&
      name !== '__name__' &&
      looked.every((matchers) => matchers.some((other) => other.name === name && other.value === value)),
  );
  const plain = (texts: Labels): Labels =>
    Object.fromEntries(Object.entries(texts).filter(([, text]) => !text.includes('{{')));
  return {
    labels: {
      ...identity,
      ...Object.fromEntries(common.map(({ name, value }) => [name, value])),
      ...plain(rule.labels),
      alertname: rule.name,
      [NO_DATA_LABEL]: 'true',
    },
    annotations: {
      ...plain(rule.annotations),
      summary: `No data for ${rule.name}`,
      description: `Whether ${rule.name} holds is unknown: there is no sample of ${looked.map(formatMatchers).join(', ')}.`,
    },
    // So many samples there are.
    value: 0,
  };
}
