import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { readDocument, type StoredDocument, storeDocument } from './document.ts';
import { type Item, queryPartition } from './query-partition.ts';
import { sayUnreadable } from './unreadable.ts';

/**
 * The table `alerts`, one for everything about alerts:
 *
 *     pk               sk          document
 *     SENDER           <thing>     SenderState: boot, seq, lease, its alerts
 *     GROUP#<id>       GROUP       GroupRecord: members, ledger, log, token
 *     HEALING          <target>#<action>  HealingRecord: what was tried, and how it went
 *     HEALING-SPENT    FLEET       what the budgets of healing count
 *     RULES            <group>     state of a rule group that is evaluated in the cloud
 *     AUDIT#<chain>    <seq>       entries of the audit trail from this one on: written once, kept for ever
 *     AUDIT#ANCHORS    <number>    copies of the audit trail's anchors, kept for ever, too
 *     BUDGET#<person>  <channel>   what the person was told over it
 *     INHIBITORS       <thing>     its alerts that inhibit others
 *     SILENCE          <id>        a silence or maintenance window
 *     SILENCED#<id>    <alert>     what it held back
 *     RECORDED#<name>  <series>    what its recording rules made
 *     INBOUND#<group>  <event>     what an answer from PagerDuty or Slack did
 *     QUALITY          <device>    quality of its channels, by subject and day
 *     OUTLIERS         scores      devices and subjects far from their peers
 *
 * Each item is one document (`document.ts` says in what form), with a `version` that every write raises and demands:
 * whoever comes second reads again and decides again. No transactions: each item is complete by itself. `expiresAt`
 * (epoch seconds) lets DynamoDB delete what nothing has touched for long.
 */
export interface Versioned<T> {
  readonly document: T;
  /** Raised by each write; at least the time of the write in epoch ms, so that a deleted item never counts back. */
  readonly version: number;
}

export interface AlertsTable {
  get<T>(pk: string, sk: string): Promise<Versioned<T> | undefined>;
  /** All documents of a partition, by sort key. One that cannot be read is passed over, and that is said. */
  list<T>(pk: string): Promise<Versioned<T>[]>;
  /**
   * Replaces what had `version` (undefined: nothing was there).
   * @param keptSeconds how long it is kept if nothing touches it again; default: 90 days
   * @returns the new version; undefined when somebody else was faster
   */
  put<T>(
    pk: string,
    sk: string,
    document: T,
    version: number | undefined,
    keptSeconds?: number,
  ): Promise<number | undefined>;
  /** The last document of a partition, by sort key. */
  last<T>(pk: string): Promise<T | undefined>;
  /** Writes what is never changed and never expires. @returns false when something is there already */
  append<T>(pk: string, sk: string, document: T): Promise<boolean>;
  /** Lets the others finish after a put that came too late, before the next attempt. */
  backOff(attempt: number): Promise<void>;
}

/** How long an untouched item is kept: as long as Step Functions keeps the history of an execution. */
const KEPT_SECONDS = 90 * 86_400;

export function dynamoAlertsTable(client: DynamoDBClient, table: string, nowMs: () => number): AlertsTable {
  return {
    async get<T>(pk: string, sk: string) {
      const Key = { pk: { S: pk }, sk: { S: sk } };
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item && read<T>(Item);
    },

    async list<T>(pk: string) {
      const items = await queryPartition(client, { table, pk, consistent: true });
      return items.flatMap((item) => readable<T>(pk, item));
    },

    async put<T>(pk: string, sk: string, document: T, version: number | undefined, keptSeconds: number = KEPT_SECONDS) {
      const next = Math.max((version ?? 0) + 1, nowMs());
      const Item = {
        pk: { S: pk },
        sk: { S: sk },
        ...attributesOf(storeDocument(document)),
        version: { N: String(next) },
        expiresAt: { N: String(Math.ceil(nowMs() / 1000) + keptSeconds) },
      };
      const condition =
        version === undefined
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: '#version = :version',
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':version': { N: String(version) } },
            };
      return (await putIf(client, { TableName: table, Item, ...condition })) ? next : undefined;
    },

    async last<T>(pk: string) {
      const [item] = await queryPartition(client, { table, pk, consistent: true, last: true });
      return item && read<T>(item).document;
    },

    async append<T>(pk: string, sk: string, document: T) {
      const Item = {
        pk: { S: pk },
        sk: { S: sk },
        ...attributesOf(storeDocument(document)),
        version: { N: String(nowMs()) },
      };
      return putIf(client, { TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' });
    },

    // Longer with each attempt and never the same for two. In a storm hundreds want the same group: one write takes about
    // 10 ms, so the pauses must spread them over seconds.
    backOff: (attempt) =>
      new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** attempt * 5, 1500))),
  };
}

/** @returns whether its condition held */
async function putIf(client: DynamoDBClient, input: PutItemCommandInput): Promise<boolean> {
  try {
    await client.send(new PutItemCommand(input));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

function attributesOf(stored: StoredDocument): Item {
  return 'packed' in stored ? { packed: { B: stored.packed } } : { document: { S: stored.document } };
}

function read<T>({ document, packed, version }: Item): Versioned<T> {
  return { document: readDocument<T>({ document: document?.S, packed: packed?.B }), version: Number(version?.N) };
}

function readable<T>(pk: string, item: Item): Versioned<T>[] {
  try {
    return [read<T>(item)];
  } catch (error) {
    sayUnreadable(`${pk} ${item.sk?.S ?? ''}`, error);
    return [];
  }
}
