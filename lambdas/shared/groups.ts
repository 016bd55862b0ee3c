import type { AuditEvent } from '../../core/audit/entry.ts';
import { groupEvents } from '../../core/audit/group-history.ts';
import type { GroupRecord } from '../../core/escalation/group.ts';
import type { AlertsTable } from './alerts-table.ts';
import { audit } from './audit.ts';
import { update } from './update.ts';

/** Alert groups in the table `alerts`. What a change adds to a group's log goes into the audit trail, too. */
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
  const trail = audit(table);
  return {
    async get(groupId) {
      return (await table.get<GroupRecord>(partition(groupId), SORT_KEY))?.document;
    },
    async change(groupId, change) {
      const { stored, result } = await update<GroupRecord, AuditEvent[]>(
        table,
        partition(groupId),
        SORT_KEY,
        (before) => {
          const document = change(before?.document);
          return { document, result: groupEvents(before?.document, document) };
        },
      );
      await trail.append(result);
      return stored?.document;
    },
  };
}
