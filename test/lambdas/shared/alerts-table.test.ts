import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import dynalite from 'dynalite';
import { type AlertsTable, dynamoAlertsTable } from '../../../lambdas/shared/alerts-table.ts';
import { update } from '../../../lambdas/shared/update.ts';

const server = dynalite({ createTableMs: 0 });
let client: DynamoDBClient;
let table: AlertsTable;
let nowMs = 1_000_000;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials });
  await client.send(
    new CreateTableCommand({
      TableName: 'alerts',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
    }),
  );
  table = dynamoAlertsTable(client, 'alerts', () => nowMs);
});

afterAll(() => {
  client.destroy();
  server.close();
});

describe('the table of alerts, in DynamoDB', () => {
  test('gives back what was put, with a version that only rises, even after a deletion', async () => {
    const version = await table.put('GROUP#a', 'GROUP', { value: 'ä', list: [1, null] }, undefined);
    expect(version).toBe(1_000_000);
    expect(await table.get('GROUP#a', 'GROUP')).toEqual({ document: { value: 'ä', list: [1, null] }, version });
    nowMs += 10;
    expect(await table.put('GROUP#a', 'GROUP', {}, version)).toBe(1_000_010);
    expect(await table.put('GROUP#a', 'GROUP', {}, 1_000_010)).toBe(1_000_011);
  });

  test('refuses a write that is based on what is no longer there', async () => {
    const version = await table.put('GROUP#b', 'GROUP', 1, undefined);
    expect(await table.put('GROUP#b', 'GROUP', 2, undefined)).toBeUndefined();
    expect(await table.put('GROUP#b', 'GROUP', 2, (version ?? 0) - 1)).toBeUndefined();
    expect((await table.get('GROUP#b', 'GROUP'))?.document).toBe(1);
    expect(await table.get('GROUP#none', 'GROUP')).toBeUndefined();
  });

  test('keeps a document that is far larger than an item may be, when its parts are alike', async () => {
    const annotations = {
      description: 'The switch of room 4 does not answer; what is behind it is silent. '.repeat(5),
    };
    const members = Array.from({ length: 2000 }, (_, i) => ({ labels: { thing: `headset-${i}` }, annotations }));
    await table.put('GROUP#large', 'GROUP', { members }, undefined);
    expect((await table.get('GROUP#large', 'GROUP'))?.document).toEqual({ members });
    expect(await table.list('GROUP#large')).toHaveLength(1);
  });

  test('lists a partition in order, all pages of it', async () => {
    const big = 'x'.repeat(300_000);
    for (const thing of ['c', 'a', 'b', 'd', 'e']) await table.put('SENDER', thing, { thing, big }, undefined);
    const all = await table.list<{ thing: string }>('SENDER');
    expect(all.map(({ document }) => document.thing)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('lists the rest of a partition when one of its items is damaged', async () => {
    await table.put('SILENCE', 'a', { id: 'a' }, undefined);
    const damaged = { pk: { S: 'SILENCE' }, sk: { S: 'b' }, document: { S: '{"id":' }, version: { N: '1' } };
    await client.send(new PutItemCommand({ TableName: 'alerts', Item: damaged }));
    expect((await table.list('SILENCE')).map(({ document }) => document)).toEqual([{ id: 'a' }]);
  });

  test('lets many change one document at once, and none is lost', async () => {
    const add = () =>
      update<{ count: number }, undefined>(table, 'GROUP#c', 'GROUP', (before) => ({
        document: { count: (before?.document.count ?? 0) + 1 },
        result: undefined,
      }));
    await Promise.all(Array.from({ length: 12 }, add));
    expect((await table.get('GROUP#c', 'GROUP'))?.document).toEqual({ count: 12 });
  });
});
