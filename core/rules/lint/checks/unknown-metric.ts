import { catalogue } from '../../../metrics/catalogue.ts';
import { editDistance, nearest } from '../../../nearest.ts';
import { walk } from '../../../promql/ast.ts';
import { metricNameOf } from '../../../promql/matchers.ts';
import { type Check, textOf } from '../check.ts';
import { BUILT_IN, knownMetric } from '../metrics.ts';

const OURS = /^(neural|nsmon)_/;
const FEW_SLIPS = 2;

/** A metric that nothing measures: what selects it finds nothing, without a word. */
export const unknownMetric: Check = {
  name: 'unknown-metric',
  *run(rule, { metrics, places }) {
    for (const node of walk(rule.query)) {
      const name = node.kind === 'selector' ? metricNameOf(node.matchers) : undefined;
      if (name === undefined || knownMetric(name) || metrics.recorded.has(name) || BUILT_IN.has(name)) continue;
      const known = [...Object.keys(catalogue), ...metrics.recorded.keys()];
      const near = nearest(name, known) ?? '';
      const isSlip = editDistance(name, near) <= FEW_SLIPS;
      const isNear = isSlip || editDistance(name, near) <= name.length / 4;
      yield {
        severity: isSlip || OURS.test(name) ? 'error' : 'warning',
        place: places.expr(node.start),
        what: `${textOf(rule, node)}: no metric ${name} is in the catalogue, and no rule records it`,
        why: 'a selector that finds nothing is no error: the rule would never do anything, and nothing would tell',
        todo: isNear
          ? `did you mean ${near}?`
          : 'see docs/metrics.md for the names; of metrics that applications send, disable this check',
      };
    }
  },
};
