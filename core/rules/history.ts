import type { GroupState, RuleEvaluation } from './group.ts';

/** An evaluation without the samples it looked at and gave: what remains is small. */
export function withoutSamples(evaluation: RuleEvaluation): RuleEvaluation {
  return { ...evaluation, inputs: [], values: [] };
}

/**
 * The state in at most about `maxBytes` of JSON: the samples of older evaluations go first, then the evaluations. What
 * alerts need is never given up.
 */
export function fitHistory(state: GroupState, maxBytes: number): GroupState {
  let fitting = state;
  for (const detailed of [10, 5, 2, 1, 0]) {
    if (JSON.stringify(fitting).length <= maxBytes) return fitting;
    fitting = mapHistory(state, (history) =>
      history.map((evaluation, i) => (i < history.length - detailed ? withoutSamples(evaluation) : evaluation)),
    );
  }
  if (JSON.stringify(fitting).length <= maxBytes) return fitting;
  return mapHistory(fitting, (history) => history.slice(-1));
}

export function mapHistory(
  state: GroupState,
  change: (history: readonly RuleEvaluation[]) => readonly RuleEvaluation[],
): GroupState {
  return Object.fromEntries(
    Object.entries(state).map(([key, rule]) => [key, { ...rule, history: change(rule.history) }]),
  );
}
