import { OUTLIER_SCORE, OUTLIER_SOURCE } from '../outliers/score.ts';
import { type MatchOperator, metricNameOf } from '../promql/matchers.ts';
import type { RuleGroup } from './model.ts';
import { cloudRecorded, plan } from './plan.ts';
import { selectors } from './selectors.ts';

/** Matchers as JSON: what `ingest` must know of the rules, without the parsers of YAML and PromQL. */
export interface CloudSeries {
  readonly metric: string;
  readonly matchers: readonly { readonly name: string; readonly op: MatchOperator; readonly value: string }[];
}

/** Suffixes by which a rule selects the classic view of a histogram. */
export const CLASSIC_SUFFIX = /_(bucket|sum|count)$/;

/** The series that rules planned for the cloud select. A selector without a metric name is left out: it would keep all. */
export function cloudSeries(groups: readonly RuleGroup[]): CloudSeries[] {
  const all = groups.flatMap((group) => group.rules);
  const recorded = cloudRecorded(all);
  const rules = all.filter((rule) => plan(rule, recorded).where === 'cloud');
  return rules.flatMap(selectors).flatMap((selector) => {
    const metric = metricNameOf(selector);
    if (metric === undefined || recorded.has(metric)) return [];
    const matchers = selector
      .filter(({ name }) => name !== '__name__' && name !== 'le')
      .map(({ name, op, value }) => ({ name, op, value }));
    // Made in the cloud of another: that one is kept instead.
    if (metric === OUTLIER_SCORE) return [{ metric: OUTLIER_SOURCE, matchers: [] }];
    return [...new Set([metric, metric.replace(CLASSIC_SUFFIX, '')])].map((kept) => ({ metric: kept, matchers }));
  });
}
