import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { queryPartition } from '../shared/query-partition.ts';
import { fromItem, partitionsOf, type RuleWindowItem, type WindowPoint } from '../shared/rule-window.ts';

/** Reads the rule window of a metric: one query for each minute, all at once. */
export function windowReader(client: DynamoDBClient, table: string) {
  return async (metric: string, fromMs: number, toMs: number): Promise<WindowPoint[]> => {
    const partitions = await Promise.all(
      partitionsOf(metric, fromMs, toMs).map((pk) => queryPartition(client, { table, pk })),
    );
    return partitions.flat().map((item) => fromItem(unmarshall(item) as RuleWindowItem));
  };
}
