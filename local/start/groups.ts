import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { SenderState } from '../../core/alerting/sender.ts';
import type { Silence } from '../../core/alerting/silences/silence.ts';
import type { GroupRecord } from '../../core/escalation/group.ts';
import type { HealingRecord } from '../../core/healing/record.ts';
import { readDocument } from '../../lambdas/shared/document.ts';

/** What the cloud knows of alerts: read from its table, as an operator's tool would. */
export interface CloudAlerts {
  readonly groups: readonly GroupRecord[];
  readonly senders: readonly SenderState[];
  readonly healing: readonly HealingRecord[];
  readonly silences: readonly Silence[];
}

/** Reads the table `alerts`; see lambdas/shared/alerts-table.ts for its items. */
export function alertsReader(client: DynamoDBClient, table: string): () => Promise<CloudAlerts> {
  const documents = DynamoDBDocumentClient.from(client);
  return async () => {
    const groups: GroupRecord[] = [];
    const senders: SenderState[] = [];
    const healing: HealingRecord[] = [];
    const silences: Silence[] = [];
    for await (const { Items = [] } of paginateScan(
      { client: documents },
      { TableName: table, ConsistentRead: true },
    )) {
      for (const item of Items) {
        if (String(item.pk).startsWith('GROUP#')) groups.push(readDocument<GroupRecord>(item));
        else if (item.pk === 'SENDER') senders.push(readDocument<SenderState>(item));
        else if (item.pk === 'HEALING') healing.push(readDocument<HealingRecord>(item));
        else if (item.pk === 'SILENCE') silences.push(readDocument<Silence>(item));
      }
    }
    return { groups, senders, healing, silences };
  };
}

/** The name of the table in what was deployed. */
export function alertsTable(
  resources: readonly { readonly type: string; readonly logicalId: string; readonly ref: string }[],
): string {
  const table = resources.find(
    ({ type, logicalId }) => type === 'AWS::DynamoDB::Table' && logicalId.startsWith('Alerts'),
  );
  if (!table) throw new Error('the template has no table of alerts');
  return table.ref;
}
