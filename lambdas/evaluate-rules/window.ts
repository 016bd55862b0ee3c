import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { fromItem, partitionsOf, type RuleWindowItem, type WindowPoint } from '../shared/rule-window.ts';

/** Reads the rule window of a metric: one query for each minute, all at once. */
export function windowReader(client: DynamoDBClient, table: string) {
  async function readPartition(pk: string): Promise<RuleWindowItem[]> {
    const items: RuleWindowItem[] = [];
    let start: Record<string, AttributeValue> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: pk } },
          ExclusiveStartKey: start,
        }),
      );
      items.push(...(page.Items ?? []).map((item) => unmarshall(item) as RuleWindowItem));
      start = page.LastEvaluatedKey;
    } while (start);
    return items;
  }

  return async (metric: string, fromMs: number, toMs: number): Promise<WindowPoint[]> => {
    const partitions = await Promise.all(partitionsOf(metric, fromMs, toMs).map(readPartition));
    return partitions.flat().map(fromItem);
  };
}
