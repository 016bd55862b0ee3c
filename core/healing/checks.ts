import type { SessionReport } from '../alerting/session.ts';
import { type HealingAction, healingKey, type Target } from './action.ts';
import type { HealingEntry } from './config.ts';
import type { Reason } from './reasons.ts';
import type { HealingState, OfferedAlert, Spent } from './record.ts';

/** What is about to be done, for whom, and what is known of the session there. */
export interface Intent {
  readonly action: HealingAction;
  readonly entry: HealingEntry;
  readonly target: Target;
  readonly alert: OfferedAlert;
  readonly session: SessionReport | undefined;
  /** A person has approved it already. */
  readonly approved: boolean;
}

/** Each looks at one thing and says why not; the first that does decides. */
const CHECKS: readonly ((intent: Intent, state: HealingState, nowMs: number) => Reason | undefined)[] = [
  (intent, { records }) => (records[keyOf(intent)]?.status === 'frozen' ? 'frozen' : undefined),
  ({ action, alert }) => (action.precondition(alert) === undefined ? undefined : 'precondition'),
  ({ action, entry, session }) =>
    action.touchesAcquisition && !mayInterrupt(session, entry.liveSession === 'consent') ? 'live-session' : undefined,
  ({ entry, approved }) => (entry.approver === 'person' && !approved ? 'awaits-approval' : undefined),
  (intent, state, nowMs) => {
    const tried = triedWithin(intent, state, nowMs).filter(({ key }) => key === keyOf(intent));
    return tried.length >= intent.entry.budget.perTarget ? 'budget-target' : undefined;
  },
  (intent, state, nowMs) =>
    triedWithin(intent, state, nowMs).length >= intent.entry.budget.fleet ? 'budget-fleet' : undefined,
  (intent, state, nowMs) => {
    const underWay = ofThisKind(intent, state).filter((spent) => isUnderWay(spent, nowMs));
    return underWay.length >= intent.action.blastRadius.atOnce ? 'blast-radius' : undefined;
  },
];

/** Why it may not be done now; undefined when it may. */
export function whyNot(intent: Intent, state: HealingState, nowMs: number): Reason | undefined {
  for (const check of CHECKS) {
    const reason = check(intent, state, nowMs);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Where nothing is known of a session, somebody may be wired up. */
export function mayInterrupt(session: SessionReport | undefined, withConsent: boolean): boolean {
  if (session === undefined) return false;
  return session.phase !== 'live' || (withConsent && session.consent);
}

function keyOf({ target, action }: Intent): string {
  return healingKey(target, action.name);
}

/** What shadow mode would have spent is counted by itself. */
function ofThisKind({ action, entry }: Intent, { spent }: HealingState): readonly Spent[] {
  return spent.filter((one) => one.action === action.name && one.shadow === (entry.mode === 'shadow'));
}

function triedWithin(intent: Intent, state: HealingState, nowMs: number): readonly Spent[] {
  return ofThisKind(intent, state).filter(({ atMs }) => atMs > nowMs - intent.entry.budget.withinMs);
}

function isUnderWay({ endedAtMs, deadlineMs }: Spent, nowMs: number): boolean {
  return endedAtMs === undefined && deadlineMs > nowMs;
}
