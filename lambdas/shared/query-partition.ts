import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

export interface PartitionQuery {
  readonly table: string;
  readonly pk: string;
  /** Also sees what was written a moment ago; costs twice as much. */
  readonly consistent?: boolean;
  /** Just the last item. */
  readonly last?: boolean;
}

/** All items of a partition, by sort key, page after page: DynamoDB gives at most 1 MB at once. */
export async function queryPartition(client: DynamoDBClient, query: PartitionQuery): Promise<Item[]> {
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: query.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: query.pk } },
        ConsistentRead: query.consistent ?? false,
        ExclusiveStartKey: start,
        ...(query.last ? { ScanIndexForward: false, Limit: 1 } : {}),
      }),
    );
    items.push(...(page.Items ?? []));
    start = query.last ? undefined : page.LastEvaluatedKey;
  } while (start);
  return items;
}
