import { walk } from '../../../promql/ast.ts';
import { metricNameOf } from '../../../promql/matchers.ts';
import { type Check, textOf } from '../check.ts';

/** A selector without one metric name, in the cloud: the rule window keeps the series of metrics that rules name. */
export const namelessSelector: Check = {
  name: 'nameless-selector',
  *run(rule, { places, plan }) {
    if (plan.where !== 'cloud') return;
    for (const node of walk(rule.query)) {
      if (node.kind !== 'selector' || metricNameOf(node.matchers) !== undefined) continue;
      yield {
        severity: 'error',
        place: places.expr(node.start),
        what: `${textOf(rule, node)} names no metric`,
        why: `the rule runs in the cloud (${plan.why}), which keeps just the series of metrics that rules name, so it finds nothing`,
        todo: 'name each metric: a{...} or b{...}',
      };
    }
  },
};
