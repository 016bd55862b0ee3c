import type { SeriesSource } from '../../core/promql/series.ts';
import { evaluateGroup, type GroupEvaluation, type GroupState } from '../../core/rules/group.ts';
import { fitHistory } from '../../core/rules/history.ts';
import type { RuleGroup } from '../../core/rules/model.ts';
import { LateSamples } from '../../core/rules/watermark.ts';
import type { WindowPoint } from '../shared/rule-window.ts';
import { LOOKBACK_MS } from './cloud-rules.ts';

/** An item of DynamoDB holds 400 KB. */
const STATE_BYTES = 200_000;

export interface CloudEvaluation extends GroupEvaluation {
  /** Samples that came later than the watermark of a rule which looks at them. */
  readonly late: number;
}

/** One group at one time: counts what came too late since the last, evaluates, and keeps the state storable. */
export function evaluateCloudGroup(
  group: RuleGroup,
  points: readonly WindowPoint[],
  source: SeriesSource,
  nowMs: number,
  before: GroupState = {},
  clock: () => number = () => nowMs,
): CloudEvaluation {
  const lateSamples = new LateSamples([group]);
  let state = before;
  let late = 0;
  for (const point of points) {
    // An item from before arrivals were noted is none that is late.
    const changed = lateSamples.note({ ...point, arrivedMs: point.arrivedMs ?? 0 }, () => state).get(group);
    if (!changed) continue;
    state = changed;
    late += 1;
  }
  const result = evaluateGroup(group, source, nowMs, state, { lookbackMs: LOOKBACK_MS, clock });
  return { ...result, state: fitHistory(result.state, STATE_BYTES), late };
}
