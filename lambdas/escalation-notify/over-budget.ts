import type { Outcome } from '../../core/escalation/ledger.ts';
import { type BudgetLedger, take } from '../../core/oncall/budget.ts';
import type { AlertsTable } from '../shared/alerts-table.ts';
import type { NotifyRequest } from '../shared/notify-request.ts';
import { update } from '../shared/update.ts';

/** What a person has had over a channel: pk `BUDGET#<person>`, sk the channel. */
interface Spent {
  readonly ledger: BudgetLedger;
  /** Notifications that were taken from it: another attempt at one costs nothing. */
  readonly keys: readonly string[];
}

/** More than any budget allows at once, so that every attempt that may still come finds its key. */
const KEPT_KEYS = 100;

/**
 * Takes a notification from the budget of its person, before it is sent: nobody is told more often than agreed, whatever
 * is sent at the same time.
 * @returns the outcome when the budget is spent; undefined when it may be sent
 */
export async function overBudget(
  table: AlertsTable,
  request: NotifyRequest,
  nowMs: number,
): Promise<Outcome | undefined> {
  const { person, channel, budget = [], groupId, generation, key } = request;
  if (person === undefined || budget.length === 0) return undefined;
  const id = `${groupId} ${generation} ${key}`;
  const { result } = await update<Spent, Outcome | undefined>(table, `BUDGET#${person}`, channel, (before) => {
    const { ledger, keys } = before?.document ?? { ledger: [], keys: [] };
    if (keys.includes(id)) return { document: undefined, result: undefined };
    const taken = take(budget, ledger, nowMs);
    if (taken.refused) {
      const { count, windowMs } = taken.refused;
      const summary = `${person} has had ${count} over ${channel} within ${windowMs / 60_000} min: it waits`;
      return { document: undefined, result: { status: 'over-budget', summary, notBeforeMs: taken.freeAtMs } };
    }
    return { document: { ledger: taken.ledger, keys: [...keys, id].slice(-KEPT_KEYS) }, result: undefined };
  });
  return result;
}
