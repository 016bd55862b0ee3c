import {
  type HealingRecord,
  type HealingResult,
  type HealingState,
  NO_HEALING_YET,
  type Spent,
} from '../../core/healing/index.ts';
import type { AlertsTable } from '../shared/alerts-table.ts';
import { HEALING_RECORDS } from '../shared/healing-records.ts';
import { TooMuchContention } from '../shared/update.ts';

/** What the budgets count: one item of the table `alerts`, for the whole fleet. */
const SPENT = { pk: 'HEALING-SPENT', sk: 'FLEET' } as const;
const ATTEMPTS = 20;

/**
 * Steps on the record of `key` and what was spent. What is spent is stored first: should the record be lost to a crash or
 * to somebody faster, a try is counted that was never made, and none is made that was not counted.
 * @throws TooMuchContention
 */
export async function stepStored(
  table: AlertsTable,
  key: string,
  step: (state: HealingState) => HealingResult,
): Promise<HealingResult> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const [record, spent] = await Promise.all([
      table.get<HealingRecord>(HEALING_RECORDS, key),
      table.get<{ readonly spent: readonly Spent[] }>(SPENT.pk, SPENT.sk),
    ]);
    const state: HealingState = {
      records: record ? { [key]: record.document } : NO_HEALING_YET.records,
      spent: spent?.document.spent ?? NO_HEALING_YET.spent,
    };
    const result = step(state);
    const next = result.state.records[key];
    const isSpent =
      result.state.spent === state.spent ||
      (await table.put(SPENT.pk, SPENT.sk, { spent: result.state.spent }, spent?.version)) !== undefined;
    const isStored =
      isSpent &&
      (next === undefined ||
        next === state.records[key] ||
        (await table.put(HEALING_RECORDS, key, next, record?.version)) !== undefined);
    if (isStored) return result;
    await table.backOff(attempt);
  }
  throw new TooMuchContention(`the healing of ${key} was changed by others ${ATTEMPTS} times in a row`);
}
