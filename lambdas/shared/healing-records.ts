import type { HealingRecord } from '../../core/healing/record.ts';
import type { AlertsTable } from './alerts-table.ts';

/** Partition of the table `alerts`: a record for each `<target>#<action>`. */
export const HEALING_RECORDS = 'HEALING';

export async function listHealing(table: AlertsTable): Promise<HealingRecord[]> {
  return (await table.list<HealingRecord>(HEALING_RECORDS)).map(({ document }) => document);
}

export async function getHealing(table: AlertsTable, key: string): Promise<HealingRecord | undefined> {
  return (await table.get<HealingRecord>(HEALING_RECORDS, key))?.document;
}
