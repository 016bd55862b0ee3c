import { walk } from '../../../promql/ast.ts';
import { type Matcher, metricNameOf } from '../../../promql/matchers.ts';
import { type Check, textOf } from '../check.ts';
import { labelsOf, STAMPED } from '../labels.ts';

/** A selector whose matchers no series satisfies. */
export const impossibleSelector: Check = {
  name: 'impossible-selector',
  *run(rule, { metrics, places, plan }) {
    for (const node of walk(rule.query)) {
      if (node.kind !== 'selector') continue;
      const { matchers } = node;
      const name = metricNameOf(matchers);
      const text = textOf(rule, node);
      const { possible } = labelsOf({ ...node, matchers: matchers.filter((one) => one.name === '__name__') }, metrics);
      const contradiction = contradictionIn(matchers);
      if (contradiction) {
        yield {
          severity: 'error',
          place: places.expr(node.start),
          what: `${text} matches nothing: ${contradiction}`,
          why: 'the rule can never do anything',
          todo: 'for one value or another write label=~"a|b"',
        };
      }
      for (const matcher of matchers) {
        // What an absent label satisfies, too, is no demand.
        if (matcher.name === '__name__' || matcher.test('')) continue;
        const isStamped = (STAMPED as readonly string[]).includes(matcher.name);
        if (possible && !possible.has(matcher.name)) {
          yield {
            severity: 'error',
            place: places.expr(node.start),
            what: `${text} matches nothing: ${name} has no label ${matcher.name}`,
            why: 'the rule can never do anything',
            todo: `use one of its labels: ${[...possible].sort().join(', ')}`,
          };
        } else if (possible && isStamped && plan.where === 'edge') {
          yield {
            severity: 'error',
            place: places.expr(node.start),
            what: `${text} matches nothing in an agent: the label ${matcher.name} is stamped in the cloud`,
            why: `the rule runs at the edge (${plan.why}), where no series has it`,
            todo: 'let it run in the cloud: annotation nsmon_where: cloud; or match on thing or device_id',
          };
        }
      }
    }
  },
};

function contradictionIn(matchers: readonly Matcher[]): string | undefined {
  for (const { name, op, value } of matchers) {
    if (op !== '=') continue;
    const other = matchers.find((one) => one.name === name && !one.test(value));
    if (other)
      return `${name} cannot be ${JSON.stringify(value)} and satisfy ${name}${other.op}${JSON.stringify(other.value)}`;
  }
  return undefined;
}
