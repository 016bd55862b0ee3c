import type { Labels } from '../metrics/model.ts';
import { type Matcher, matches } from '../promql/matchers.ts';
import type { ActionName, HealingAction } from './action.ts';

/** An entry of rules/healing.yaml: for these alerts, this action. */
export interface HealingEntry {
  /** Of the label `alertname`. */
  readonly alert: string;
  readonly matchers: readonly Matcher[];
  readonly action: ActionName;
  /** `shadow` only notes what would have been done. */
  readonly mode: 'shadow' | 'armed';
  readonly budget: HealingAction['budget'];
  /** `consent`: done during a live session whose owner agreed. `defer`: not even then, only in the pause. */
  readonly liveSession: 'consent' | 'defer';
  readonly approver: 'nobody' | 'person';
  /** How long the page waits while healing is under way, at most. */
  readonly holdForMs: number;
}

export interface HealingConfig {
  readonly entries: readonly HealingEntry[];
}

/** Nothing is covered, so nothing is done. */
export const NO_HEALING: HealingConfig = { entries: [] };

/** The first entry that covers an alert. */
export function entryFor({ entries }: HealingConfig, labels: Labels): HealingEntry | undefined {
  return entries.find(({ alert, matchers }) => labels.alertname === alert && matches(labels, matchers));
}
