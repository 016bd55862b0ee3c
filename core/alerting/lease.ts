import { type AlertEvent, type SenderChange, type SenderState, senderChange, type TrackedAlert } from './sender.ts';

/** After so many reports that did not come a sender is silent. */
export const MISSED_REPORTS = 3;

/** Of a sender that reports every 30 s. */
export const LEASE_MS = MISSED_REPORTS * 30_000;

/**
 * Finds senders whose lease has lapsed. Their firing alerts become *unknown*, never resolved: that nobody says anything
 * does not mean that all is well. Pending ones are forgotten; if they hold, the sender will say so when it is back.
 * @returns a change for each sender that fell silent since the last look
 */
export function expireLeases(states: readonly SenderState[], nowMs: number): SenderChange[] {
  return states
    .filter(({ leaseUntilMs, silentSinceMs }) => leaseUntilMs <= nowMs && silentSinceMs === undefined)
    .map((state) => fallSilent(state, nowMs));
}

function fallSilent(state: SenderState, nowMs: number): SenderChange {
  const alerts: Record<string, TrackedAlert> = {};
  const events: AlertEvent[] = [];
  for (const [fingerprint, alert] of Object.entries(state.alerts)) {
    if (alert.status === 'unknown' || alert.status === 'resolved') alerts[fingerprint] = alert;
    if (alert.status !== 'firing') continue;
    const unknown: TrackedAlert = { ...alert, status: 'unknown', changedAtMs: nowMs };
    alerts[fingerprint] = unknown;
    events.push({ kind: 'unknown', fingerprint, alert: unknown });
  }
  return senderChange({ ...state, silentSinceMs: nowMs, alerts }, events, state.changed);
}

/** Resolves what is left of a sender that was taken out of service. */
export function retire(state: SenderState, nowMs: number): SenderChange {
  const alerts: Record<string, TrackedAlert> = {};
  const events: AlertEvent[] = [];
  for (const [fingerprint, alert] of Object.entries(state.alerts)) {
    const resolved: TrackedAlert = { ...alert, status: 'resolved', resolvedAtMs: nowMs, changedAtMs: nowMs };
    alerts[fingerprint] = alert.status === 'resolved' ? alert : resolved;
    if (alert.status !== 'resolved') events.push({ kind: 'resolved', fingerprint, alert: resolved });
  }
  return senderChange({ ...state, alerts }, events, state.changed);
}
