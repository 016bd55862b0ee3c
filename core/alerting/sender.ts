import type { Labels } from '../metrics/model.ts';
import type { SessionReport } from './session.ts';

/** What is known of an alert of one sender. `unknown`: it was firing when its sender fell silent. */
export type AlertStatus = 'pending' | 'firing' | 'unknown' | 'resolved';

export interface TrackedAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly status: AlertStatus;
  /** The value of the expression when last reported. */
  readonly value: number;
  /** By the sender's clock, as reported. */
  readonly activeAtMs: number;
  readonly firedAtMs?: number;
  readonly resolvedAtMs?: number;
  /** By the receiver's clock: when this status was learnt. */
  readonly changedAtMs: number;
  /** The boot that last reported the alert as it is here. */
  readonly boot: string;
  /** Ids of the groups it was put in when it fired: it stays in them until it resolves, whatever routing says by then. */
  readonly groups?: readonly string[];
}

/** Everything known of one sender of alert reports: an agent, or the cloud's own evaluation. */
export interface SenderState {
  readonly sender: string;
  readonly boot: string;
  readonly seq: number;
  readonly lastSeenMs: number;
  readonly leaseUntilMs: number;
  /** When its lease was found lapsed; absent while it reports. */
  readonly silentSinceMs?: number;
  /** The session at its board, as last reported. */
  readonly session?: SessionReport;
  /** By fingerprint. A resolved alert stays until its groups know. */
  readonly alerts: Readonly<Record<string, TrackedAlert>>;
  /** Fingerprints of what changed and may not be known to its groups yet: a crash in between loses nothing. */
  readonly changed: readonly string[];
}

export interface AlertEvent {
  /** `updated`: it fired anew since the last report, and the end in between was not seen. */
  readonly kind: 'firing' | 'updated' | 'unknown' | 'resolved';
  readonly fingerprint: string;
  readonly alert: TrackedAlert;
}

export interface SenderChange {
  readonly state: SenderState;
  readonly events: readonly AlertEvent[];
}

/** A change of a sender's alerts, added to what its groups may not know yet. */
export function senderChange(
  state: Omit<SenderState, 'changed'>,
  events: readonly AlertEvent[],
  before: readonly string[],
): SenderChange {
  const changed = [...new Set([...before, ...events.map(({ fingerprint }) => fingerprint)])];
  return { state: { ...state, changed: changed.filter((fingerprint) => state.alerts[fingerprint]) }, events };
}

/** What the groups of a sender's alerts may not know yet, as events. */
export function untold({ alerts, changed }: SenderState): AlertEvent[] {
  return changed.flatMap((fingerprint) => {
    const alert = alerts[fingerprint];
    return alert && alert.status !== 'pending' ? [{ kind: alert.status, fingerprint, alert }] : [];
  });
}

/** The state once its groups know everything: what is resolved can be forgotten. */
export function allTold(state: SenderState): SenderState {
  const alerts = Object.entries(state.alerts).filter(([, { status }]) => status !== 'resolved');
  return { ...state, alerts: Object.fromEntries(alerts), changed: [] };
}
