import type { Labels } from '../metrics/model.ts';
import { matches } from '../promql/matchers.ts';
import type { GroupState } from './group.ts';
import { type Rule, type RuleGroup, ruleKey } from './model.ts';
import { selectors } from './selectors.ts';

/**
 * How far behind the present a rule looks, ms: its annotation `nsmon_watermark`, else the group's `query_offset`, else
 * nothing. A rule with a watermark is evaluated for event time `t` at `t + watermark`, so that a sample which is late by
 * no more is there as if it had been on time.
 */
export function watermarkOf(group: RuleGroup, rule: Rule): number {
  return (rule.kind === 'alerting' ? rule.watermarkMs : undefined) ?? group.queryOffsetMs;
}

export interface ArrivedSample {
  readonly name: string;
  readonly labels: Labels;
  readonly timeMs: number;
  /** Undefined: just now. */
  readonly arrivedMs?: number;
}

/** A rule with a watermark, and what it looks at. */
interface Waiting {
  readonly group: RuleGroup;
  readonly key: string;
  readonly watermarkMs: number;
  readonly selectors: ReturnType<typeof selectors>;
}

/**
 * Finds samples that come too late: later than the watermark of a rule which looks at them, for a time for which that
 * rule was evaluated already.
 */
export class LateSamples {
  private readonly waiting: readonly Waiting[];

  constructor(groups: readonly RuleGroup[]) {
    this.waiting = groups.flatMap((group) =>
      group.rules
        .filter((rule) => watermarkOf(group, rule) > 0)
        .map((rule) => ({
          group,
          key: ruleKey(group, rule),
          watermarkMs: watermarkOf(group, rule),
          selectors: selectors(rule),
        })),
    );
  }

  /** The state of the group after this sample came, for each group of which some rule was evaluated without it. */
  note(sample: ArrivedSample, stateOf: (group: RuleGroup) => GroupState | undefined): Map<RuleGroup, GroupState> {
    const changed = new Map<RuleGroup, GroupState>();
    if (this.waiting.length === 0) return changed;
    const labels = { ...sample.labels, __name__: sample.name };
    for (const { group, key, watermarkMs, selectors: selected } of this.waiting) {
      const state = changed.get(group) ?? stateOf(group);
      const rule = state?.[key];
      const evaluatedMs = rule?.history.at(-1)?.atMs;
      if (!rule || evaluatedMs === undefined || sample.timeMs > evaluatedMs) continue;
      if (sample.arrivedMs !== undefined && sample.arrivedMs <= evaluatedMs + watermarkMs) continue;
      if (!selected.some((matchers) => matches(labels, matchers))) continue;
      changed.set(group, { ...state, [key]: { ...rule, late: (rule.late ?? 0) + 1 } });
    }
    return changed;
  }
}
