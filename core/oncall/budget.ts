import type { Channel } from '../escalation/policy.ts';

/** At most so many within any time of this length, the beginning counted and the end not. */
export interface Limit {
  readonly count: number;
  readonly windowMs: number;
}

/** When notifications went out, in ms, the oldest first. Plain data: it can be stored in DynamoDB as it is. */
export type BudgetLedger = readonly number[];

export type Taken =
  /** May be sent; store the ledger. */
  | { readonly refused?: never; readonly ledger: BudgetLedger }
  /** May not be sent: the limit that says so, and when it would be possible if nothing else is sent until then. */
  | { readonly refused: Limit; readonly freeAtMs: number; readonly ledger?: never };

const MINUTE_MS = 60_000;
const limits = (...pairs: readonly (readonly [count: number, minutes: number])[]): Limit[] =>
  pairs.map(([count, minutes]) => ({ count, windowMs: minutes * MINUTE_MS }));

/**
 * Where a person's own budget says nothing. Those of sms are GoAlert's (engine/message/ratelimit.go): more than that is
 * not read any more, and carriers block the number. Of mails and chat messages somebody reads twice as many. What keeps
 * incidents (PagerDuty, Opsgenie, Jira) groups by itself and has no limit, for a trigger that is not sent is lost there.
 */
export const DEFAULT_BUDGET: Readonly<Record<string, readonly Limit[]>> = {
  sms: limits([5, 15], [11, 60], [21, 180]),
  email: limits([10, 15], [22, 60], [42, 180]),
  slack: limits([10, 15], [22, 60], [42, 180]),
};

/** The limits of a person for a channel. */
export function budgetOf(person: { readonly budget: ReadonlyMap<Channel, readonly Limit[]> }, channel: Channel) {
  return person.budget.get(channel) ?? DEFAULT_BUDGET[channel] ?? [];
}

/**
 * Takes one notification from the budget of a person and channel.
 * @param budget as `budgetOf` gives; empty: no limit
 * @param ledger of the same person and channel, as it was returned the last time; empty at first
 * @param nowMs a clock that lags behind the ledger counts as the ledger's last time
 */
export function take(budget: readonly Limit[], ledger: BudgetLedger, nowMs: number): Taken {
  const now = Math.max(nowMs, ledger.at(-1) ?? nowMs);
  let refused: Limit | undefined;
  let freeAtMs = now;
  for (const limit of budget) {
    const blocking = ledger.at(-limit.count);
    if (blocking === undefined || ledger.length < limit.count || blocking + limit.windowMs <= freeAtMs) continue;
    refused = limit;
    freeAtMs = blocking + limit.windowMs;
  }
  if (refused) return { refused, freeAtMs };
  const longestMs = Math.max(0, ...budget.map(({ windowMs }) => windowMs));
  return { ledger: [...ledger.filter((timeMs) => timeMs + longestMs > now), now] };
}
