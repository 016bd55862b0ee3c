import { metricNameOf } from '../../core/promql/index.ts';
import { type RuleGroup, selectors } from '../../core/rules/index.ts';

/** Suffixes by which a rule selects the classic view of a histogram. */
const CLASSIC_SUFFIX = /_(bucket|sum|count)$/;

/** Groups by the metrics that their rules look at, a histogram under its own name. */
export function readersOf(groups: readonly RuleGroup[]): ReadonlyMap<string, ReadonlySet<RuleGroup>> {
  const readers = new Map<string, Set<RuleGroup>>();
  for (const group of groups) {
    for (const matchers of group.rules.flatMap(selectors)) {
      const selected = metricNameOf(matchers);
      if (selected === undefined) continue;
      for (const name of [selected, selected.replace(CLASSIC_SUFFIX, '')]) {
        readers.set(name, (readers.get(name) ?? new Set()).add(group));
      }
    }
  }
  return readers;
}
