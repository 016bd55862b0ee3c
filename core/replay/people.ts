import type { Outcome } from '../escalation/ledger.ts';
import type { Notification } from '../escalation/notification.ts';

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

/** Asks somebody to do something: what people count as being paged. The others tell how it goes on. */
export function isPage({ kind }: Pick<Notification, 'kind'>): boolean {
  return kind === 'trigger' || kind === 'escalate';
}
