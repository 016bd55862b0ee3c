import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type BudgetLedger, budgetOf, DEFAULT_BUDGET, type Limit, take } from '../../../core/oncall/budget.ts';

const MINUTE_MS = 60_000;
const SMS = DEFAULT_BUDGET.sms as readonly Limit[];

describe('a budget', () => {
  test('refuses the sixth short message of a quarter of an hour, and says when there is room', () => {
    let ledger: BudgetLedger = [];
    for (let minute = 0; minute < 5; minute += 1) ledger = take(SMS, ledger, minute * MINUTE_MS).ledger ?? [];
    expect(ledger).toHaveLength(5);
    const refused = { count: 5, windowMs: 15 * MINUTE_MS };
    expect(take(SMS, ledger, 5 * MINUTE_MS)).toEqual({ refused, freeAtMs: 15 * MINUTE_MS });
    expect(take(SMS, ledger, 15 * MINUTE_MS - 1)).toEqual({ refused, freeAtMs: 15 * MINUTE_MS });
    expect(take(SMS, ledger, 15 * MINUTE_MS).ledger).toHaveLength(6);
  });

  test('without limits never refuses, and keeps no history', () => {
    expect(take([], [1, 2, 3], 4)).toEqual({ ledger: [4] });
  });

  test('is that of the person, else the default of the channel; what keeps incidents has none', () => {
    const own = [{ count: 1, windowMs: MINUTE_MS }];
    expect(budgetOf({ budget: new Map([['slack', own]]) }, 'slack')).toBe(own);
    expect(budgetOf({ budget: new Map() }, 'slack')).toBe(DEFAULT_BUDGET.slack);
    expect(budgetOf({ budget: new Map() }, 'pagerduty')).toEqual([]);
  });

  const limits = fc.array(
    fc.record({ count: fc.integer({ min: 1, max: 6 }), windowMs: fc.integer({ min: 1, max: 500 }) }),
    { minLength: 1, maxLength: 3 },
  );
  // The clocks of two functions differ: time may go backwards a little.
  const steps = fc.array(fc.integer({ min: -20, max: 80 }), { minLength: 1, maxLength: 80 });

  test('is exceeded in no window, wherever it begins', () => {
    fc.assert(
      fc.property(limits, steps, (budget, waits) => {
        let [now, ledger] = [1000, [] as BudgetLedger];
        const sent: number[] = [];
        for (const wait of waits) {
          now += wait;
          const taken = take(budget, ledger, now);
          if (taken.refused) continue;
          ledger = taken.ledger;
          sent.push(ledger.at(-1) as number);
        }
        for (const { count, windowMs } of budget) {
          for (const start of sent) {
            const within = sent.filter((timeMs) => start <= timeMs && timeMs < start + windowMs);
            expect(within.length).toBeLessThanOrEqual(count);
          }
        }
        expect(ledger.length).toBeLessThanOrEqual(Math.max(...budget.map(({ windowMs }) => windowMs)) * 6);
      }),
      { numRuns: 200 },
    );
  });

  test('is free when it says so, and not before', () => {
    fc.assert(
      fc.property(limits, steps, (budget, waits) => {
        let [now, ledger] = [1000, [] as BudgetLedger];
        for (const wait of waits) {
          now += Math.abs(wait);
          const taken = take(budget, ledger, now);
          if (taken.refused) {
            expect(taken.freeAtMs).toBeGreaterThan(now);
            expect(take(budget, ledger, taken.freeAtMs - 1).refused).toBeDefined();
            expect(take(budget, ledger, taken.freeAtMs).refused).toBeUndefined();
          } else ledger = taken.ledger;
        }
      }),
      { numRuns: 200 },
    );
  });
});
