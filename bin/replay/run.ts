import { setImmediate } from 'node:timers/promises';
import type { Silence } from '../../core/alerting/silences/silence.ts';
import { DEFAULT_LOOKBACK_MS } from '../../core/promql/index.ts';
import type { ColumnStore } from '../../core/promql/range/column-store.ts';
import { replayChain } from '../../core/replay/chain.ts';
import type { LabelledIncident } from '../../core/replay/labelled.ts';
import { People } from '../../core/replay/people.ts';
import { replayRules } from '../../core/replay/replay-rules.ts';
import { type ReplayReport, reportOf } from '../../core/replay/report.ts';
import type { Times } from '../../core/replay/schedule.ts';
import type { RuleSet } from './rule-set.ts';

export interface RunOptions extends Times {
  readonly intervalMs: number;
  readonly acknowledgeAfterMs: number | undefined;
  readonly silences: readonly Silence[];
  readonly incidents: readonly LabelledIncident[] | undefined;
}

/** Replays one set of rules, and lets others have a turn now and then. @throws what the signal is aborted with */
export async function runReplay(
  rules: RuleSet,
  store: ColumnStore,
  options: RunOptions,
  signal: AbortSignal,
  show: (what: string, share: number) => void,
): Promise<ReplayReport> {
  const { fromMs, toMs, intervalMs, acknowledgeAfterMs, silences, incidents } = options;
  const times = { fromMs, toMs };
  const lookbackMs = DEFAULT_LOOKBACK_MS;
  const evaluated = await drive(
    replayRules(rules.groups, store, { ...times, intervalMs, lookbackMs }),
    signal,
    (share) => show('evaluating rules', share),
  );
  const { routing, policyOf, oncall } = rules;
  const people = new People(oncall, acknowledgeAfterMs);
  const chain = replayChain(evaluated.changes, { routing, policyOf, silences, people, toMs });
  const journal = await drive(chain, signal, (share) => show('telling people', share));
  return reportOf(evaluated, journal, times, incidents);
}

/** Others get their turn this often, milliseconds: Ctrl-C is one of them. */
const TURN_MS = 50;

async function drive<T>(work: Generator<number, T>, signal: AbortSignal, show: (share: number) => void): Promise<T> {
  let turnMs = performance.now();
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() - turnMs < TURN_MS) continue;
    show(step.value);
    await setImmediate();
    signal.throwIfAborted();
    turnMs = performance.now();
  }
}
