import { type Call, type MatrixSelector, unwrap, walk } from '../../../promql/ast.ts';
import { formatDuration } from '../../../promql/durations.ts';
import { metricNameOf } from '../../../promql/matchers.ts';
import type { Rule } from '../../model.ts';
import { type Check, type RuleContext, textOf } from '../check.ts';
import type { Remark } from '../finding.ts';
import { knownMetric } from '../metrics.ts';

/** The cloud keeps one point a minute, for two hours. */
const CLOUD_POINT_MS = 60_000;
const CLOUD_KEPT_MS = 2 * 3_600_000;
/** An agent measures every second, asks applications every ten, and looks back a day at most. */
const AGENT_POINT_MS = 1000;
const SCRAPE_POINT_MS = 10_000;
const AGENT_KEPT_MS = 24 * 3_600_000;

const NEED_TWO: ReadonlySet<string> = new Set(
  'rate increase irate delta idelta deriv predict_linear changes resets stddev_over_time'.split(' '),
);

/** Ranges that hold less than a function needs, or reach back further than anything is kept. */
export const range: Check = {
  name: 'range',
  *run(rule, context) {
    for (const node of walk(rule.query)) {
      if (node.kind !== 'call') continue;
      const matrix = node.args.map(unwrap).find((arg) => arg.kind === 'range');
      if (!matrix || typeof matrix.range !== 'number') continue;
      const name = metricNameOf(matrix.selector.matchers);
      if (name === undefined || context.metrics.recorded.has(name)) continue;
      yield* tooShort(rule, node, matrix, name, context);
      yield* tooLong(rule, matrix, context);
    }
  },
};

function* tooShort(
  rule: Rule,
  node: Call,
  { range: ms }: MatrixSelector,
  name: string,
  { places, plan }: RuleContext,
): Generator<Remark> {
  const isMeasured = knownMetric(name)?.isOurs ?? false;
  const pointMs = plan.where === 'cloud' ? CLOUD_POINT_MS : isMeasured ? AGENT_POINT_MS : SCRAPE_POINT_MS;
  if (!NEED_TWO.has(node.name) || typeof ms !== 'number' || ms >= 2 * pointMs) return;
  yield {
    severity: 'error',
    place: places.expr(node.start),
    what: `${textOf(rule, node)} looks at ${formatDuration(ms)}, which hold fewer than two points`,
    why:
      plan.where === 'cloud'
        ? `the rule runs in the cloud (${plan.why}), which keeps one point a minute; of one point ${node.name}() gives nothing`
        : `there is a point every ${formatDuration(pointMs)}; of one point ${node.name}() gives nothing`,
    todo: `look at ${formatDuration(4 * pointMs)} or more: then a point may be late`,
  };
}

function* tooLong(rule: Rule, matrix: MatrixSelector, { places, plan }: RuleContext): Generator<Remark> {
  const keptMs = plan.where === 'cloud' ? CLOUD_KEPT_MS : AGENT_KEPT_MS;
  if (typeof matrix.range !== 'number' || matrix.range <= keptMs) return;
  const kept = formatDuration(keptMs);
  yield {
    severity: 'error',
    place: places.expr(matrix.start),
    what: `${textOf(rule, matrix)} looks back further than anything is kept`,
    why:
      plan.where === 'cloud'
        ? `the cloud keeps ${kept} of what rules select: the rule sees those and calls them ${formatDuration(matrix.range)}`
        : `an agent keeps ${kept} at most, and nothing over a restart`,
    todo:
      plan.where === 'cloud'
        ? 'record what an hour gave (interval: 1h) and look at the recorded series, which is kept as long as rules look back'
        : `look at ${kept} or less`,
  };
}
