import type { AlertState } from './alert-state.ts';
import type { GroupState, RuleState } from './group.ts';

/** After a longer outage a pending alert begins anew: nobody knows whether it held all the while (Prometheus: 1 h). */
export const OUTAGE_TOLERANCE_MS = 3_600_000;

/**
 * The state of a group that nobody evaluated since what its history tells last, as Prometheus restores the state of
 * `for`: the outage counts neither as time for which the expression held nor as time for which it did not. So a pending
 * alert takes up its waiting where it was, and so does one that `keep_firing_for` keeps. A firing alert is firing still.
 * Prometheus' grace period is for alerts that would fire the moment it starts; here they wait until samples are there.
 */
export function restore(state: GroupState, nowMs: number): GroupState {
  return Object.fromEntries(Object.entries(state).map(([key, rule]) => [key, restoreRule(rule, nowMs)]));
}

function restoreRule(rule: RuleState, nowMs: number): RuleState {
  const outageMs = Math.max(0, nowMs - (rule.history.at(-1)?.atMs ?? nowMs));
  const alerts = rule.alerts
    .filter(({ phase }) => phase !== 'pending' || outageMs <= OUTAGE_TOLERANCE_MS)
    .map((alert) => afterOutage(alert, outageMs));
  return { ...rule, alerts };
}

function afterOutage(alert: AlertState, outageMs: number): AlertState {
  if (alert.phase === 'pending') return { ...alert, activeAtMs: alert.activeAtMs + outageMs };
  if (alert.keepFiringSinceMs === undefined) return alert;
  return { ...alert, keepFiringSinceMs: alert.keepFiringSinceMs + outageMs };
}
