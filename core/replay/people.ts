import type { Outcome } from '../escalation/ledger.ts';
import type { Notification } from '../escalation/notification.ts';
import type { Labels } from '../metrics/model.ts';
import type { SentNotification } from './journal.ts';

/** How channels and people behave in a replay: the one place to make them behave otherwise. */
export interface People {
  /** How long after a page that arrived somebody acknowledges it; undefined: nobody ever does. */
  readonly acknowledgeAfterMs: number | undefined;
}

/** What a channel answers, and how long that takes: here, all is delivered. */
export const DELIVERY_MS = 200;

export function answerOf(_notification: Notification): Outcome {
  return { status: 'delivered', summary: 'delivered' };
}

/**
 * Asks somebody to do something: what people count as being paged. The others tell how it goes on, or are the heartbeat
 * of an alert that always fires.
 */
export function isPage({ kind, isHeartbeat }: Pick<SentNotification, 'kind' | 'isHeartbeat'>): boolean {
  return (kind === 'trigger' || kind === 'escalate') && !isHeartbeat;
}

/** An alert that nobody is to do anything about: it fires so that its absence is noticed. */
export function isHeartbeat({ severity }: Labels): boolean {
  return severity === 'none';
}
