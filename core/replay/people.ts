import type { TargetsOf } from '../escalation/ladder.ts';
import type { Outcome } from '../escalation/ledger.ts';
import type { Notification } from '../escalation/notification.ts';
import type { Labels } from '../metrics/model.ts';
import { type BudgetLedger, budgetOf, take } from '../oncall/budget.ts';
import type { OncallConfig } from '../oncall/config.ts';
import { targetsOf } from '../oncall/targets.ts';
import type { SentNotification } from './journal.ts';

/** What a channel takes to answer. */
export const DELIVERY_MS = 200;

/**
 * How channels and people behave in a replay: every channel takes what it is given, within the budget of the person; on
 * call is who the schedules say; and somebody acknowledges some time after a page, or nobody ever does.
 */
export class People {
  readonly acknowledgeAfterMs: number | undefined;
  readonly #oncall: OncallConfig;
  /** By person and channel. */
  readonly #ledgers = new Map<string, BudgetLedger>();

  constructor(oncall: OncallConfig, acknowledgeAfterMs: number | undefined) {
    this.#oncall = oncall;
    this.acknowledgeAfterMs = acknowledgeAfterMs;
  }

  readonly targetsOf: TargetsOf = (level, atMs) => targetsOf(level, this.#oncall, atMs);

  answerOf({ person, channel }: Notification, nowMs: number): Outcome {
    const known = person === undefined ? undefined : this.#oncall.people.get(person);
    if (known) {
      const key = `${person} ${channel}`;
      const taken = take(budgetOf(known, channel), this.#ledgers.get(key) ?? [], nowMs);
      if (taken.refused) {
        const summary = `${person} has no budget left for ${channel}`;
        return { status: 'over-budget', summary, notBeforeMs: taken.freeAtMs };
      }
      this.#ledgers.set(key, taken.ledger);
    }
    return { status: 'delivered', summary: 'delivered' };
  }
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
