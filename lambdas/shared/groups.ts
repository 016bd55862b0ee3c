import type { GroupRecord } from '../../core/escalation/group.ts';
import type { AlertsTable } from './alerts-table.ts';
import { update } from './update.ts';

/** Alert groups in the table `alerts`. */
export interface Groups {
  get(groupId: string): Promise<GroupRecord | undefined>;
  /** Changes a group, as `update` does. `change` returns the record it was given to leave it as it is. */
  change(
    groupId: string,
    change: (before: GroupRecord | undefined) => GroupRecord | undefined,
  ): Promise<GroupRecord | undefined>;
}

const SORT_KEY = 'GROUP';

export function groupsIn(table: AlertsTable): Groups {
  const partition = (groupId: string): string => `GROUP#${groupId}`;
  return {
    async get(groupId) {
      return (await table.get<GroupRecord>(partition(groupId), SORT_KEY))?.document;
    },
    async change(groupId, change) {
      const { stored } = await update<GroupRecord, undefined>(table, partition(groupId), SORT_KEY, (before) => ({
        document: change(before?.document),
        result: undefined,
      }));
      return stored?.document;
    },
  };
}
