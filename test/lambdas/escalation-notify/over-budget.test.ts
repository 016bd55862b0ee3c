import { describe, expect, test } from '@jest/globals';
import { overBudget } from '../../../lambdas/escalation-notify/over-budget.ts';
import type { NotifyRequest } from '../../../lambdas/shared/notify-request.ts';
import { MemoryAlertsTable } from '../../support/memory-alerts-table.ts';

const MINUTE = 60_000;
const BUDGET = [{ count: 3, windowMs: 15 * MINUTE }];

function page(n: number, of: Partial<NotifyRequest> = {}): NotifyRequest {
  const what = { kind: 'trigger', channel: 'sms', level: 1, episode: 1, round: 0 } as const;
  return { groupId: `g${n}`, generation: 1, key: 'e1.r0.L1.sms@ada', ...what, person: 'ada', budget: BUDGET, ...of };
}

describe('the budget of a person', () => {
  test('is kept across groups, also when many pages are sent at once', async () => {
    const table = new MemoryAlertsTable(() => 0);
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) => overBudget(table, page(n), 1000)));
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(3);
    expect(outcomes.at(-1)).toEqual({
      status: 'over-budget',
      summary: 'ada has had 3 over sms within 15 min: it waits',
      notBeforeMs: 1000 + 15 * MINUTE,
    });
  });

  test('is not charged for another attempt at the same page', async () => {
    const table = new MemoryAlertsTable(() => 0);
    for (let attempt = 0; attempt < 10; attempt += 1) expect(await overBudget(table, page(1), attempt)).toBeUndefined();
    expect(await overBudget(table, page(2), 100)).toBeUndefined();
    expect(await overBudget(table, page(3), 100)).toBeUndefined();
    expect(await overBudget(table, page(4), 100)).toMatchObject({ status: 'over-budget' });
  });

  test('has room again when the window has passed', async () => {
    const table = new MemoryAlertsTable(() => 0);
    for (const n of [1, 2, 3]) await overBudget(table, page(n), 0);
    expect(await overBudget(table, page(4), 15 * MINUTE - 1)).toMatchObject({ notBeforeMs: 15 * MINUTE });
    expect(await overBudget(table, page(4), 15 * MINUTE)).toBeUndefined();
  });

  test('is that of one channel, and of people only', async () => {
    const table = new MemoryAlertsTable(() => 0);
    for (const n of [1, 2, 3]) await overBudget(table, page(n), 0);
    expect(await overBudget(table, page(4, { channel: 'email' }), 0)).toBeUndefined();
    const { person: _nobody, ...toRoom } = page(5);
    expect(await overBudget(table, toRoom, 0)).toBeUndefined();
  });
});
