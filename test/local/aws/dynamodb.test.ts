import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDynamoDb, type DynamoDb } from '../../../local/aws/dynamodb.ts';
import { ID, type Rig, startRig } from './support.ts';

let rig: Rig;
let dynamodb: DynamoDb;
let client: DynamoDBDocumentClient;
const refused: string[] = [];

beforeAll(async () => {
  rig = await startRig({
    authorize: (_, access) => {
      const denied = access.find(({ resource }) => resource.includes('forbidden'));
      if (denied) refused.push(`${denied.action} ${denied.resource}`);
      return denied ? { access: denied, principal: 'arn:aws:iam::123456789012:role/ingest' } : undefined;
    },
  });
  dynamodb = await createDynamoDb(rig.place);
  rig.endpoint.use(dynamodb.service);
  client = DynamoDBDocumentClient.from(new DynamoDBClient(rig.client));
});

afterAll(async () => {
  client.destroy();
  await rig.endpoint.close();
});

const SCHEMA = {
  AttributeDefinitions: ['pk', 'sk', 'state'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-state',
      KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
};

test('a TableV2 of the template keeps items, conditions and its index', async () => {
  const made = await dynamodb.provisioners['AWS::DynamoDB::GlobalTable']?.(ID, {
    ...SCHEMA,
    TableName: 'alerts',
    BillingMode: 'PAY_PER_REQUEST',
    Replicas: [{ Region: 'us-east-1', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  });
  expect(made).toEqual({
    ref: 'alerts',
    attributes: { Arn: 'arn:aws:dynamodb:us-east-1:123456789012:table/alerts', TableId: 'alerts' },
  });

  const Item = { pk: 'group#1', sk: 'state', state: 'open', n: 1 };
  const create = new PutCommand({ TableName: 'alerts', Item, ConditionExpression: 'attribute_not_exists(pk)' });
  await client.send(create);
  await expect(client.send(create)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  const { Attributes } = await client.send(
    new UpdateCommand({
      TableName: 'alerts',
      Key: { pk: 'group#1', sk: 'state' },
      UpdateExpression: 'SET n = n + :one',
      ExpressionAttributeValues: { ':one': 1 },
      ReturnValues: 'ALL_NEW',
    }),
  );
  expect(Attributes?.n).toBe(2);
  const { Items } = await client.send(
    new QueryCommand({
      TableName: 'alerts',
      IndexName: 'by-state',
      KeyConditionExpression: '#s = :open',
      ExpressionAttributeNames: { '#s': 'state' },
      ExpressionAttributeValues: { ':open': 'open' },
    }),
  );
  expect(Items).toEqual([{ ...Item, n: 2 }]);
});

test('a table without a name gets the same made-up one in every run', async () => {
  const made = await dynamodb.provisioners['AWS::DynamoDB::Table']?.(ID, SCHEMA);
  expect(made?.ref).toMatch(/^nsmon-test-Thing-[0-9A-F]{12}$/);
  await client.send(new PutCommand({ TableName: made?.ref, Item: { pk: 'a', sk: 'b' } }));
});

test('it closes when what is under way is done, although nobody waits for it', async () => {
  const closing = await createDynamoDb(rig.place);
  await closing.provisioners['AWS::DynamoDB::Table']?.(ID, { ...SCHEMA, TableName: 'alerts' });
  const put = (sk: string) =>
    closing.service.handle({
      operation: 'PutItem',
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      headers: {
        'x-amz-target': 'DynamoDB_20120810.PutItem',
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-date': '20261123T100000Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=AKIA/20261123/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: Buffer.from(JSON.stringify({ TableName: 'alerts', Item: { pk: { S: 'a' }, sk: { S: sk } } })),
    });
  const answers = Array.from({ length: 20 }, (_, i) => put(String(i)));
  await closing.service.close?.();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(answers.map(() => 200));
});

test('a property that the twin does not know stops the start', async () => {
  const streams = { ...SCHEMA, StreamSpecification: { StreamViewType: 'NEW_IMAGE' } };
  await expect(dynamodb.provisioners['AWS::DynamoDB::Table']?.(ID, streams)).rejects.toThrow('StreamSpecification');
});

test('transactions are refused with advice', async () => {
  const Put = { TableName: 'alerts', Item: { pk: 'a', sk: 'b' } };
  await expect(client.send(new TransactWriteCommand({ TransactItems: [{ Put }] }))).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringContaining('conditional PutItem'),
  });
});

test('what IAM does not allow is denied as AWS words it, and a test can order errors', async () => {
  await expect(
    client.send(new GetCommand({ TableName: 'forbidden', Key: { pk: 'a', sk: 'b' } })),
  ).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringMatching(
      /role\/ingest is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb/,
    ),
  });
  expect(refused).toEqual(['dynamodb:GetItem arn:aws:dynamodb:us-east-1:123456789012:table/forbidden']);

  rig.endpoint.faults.next('dynamodb', 'GetItem', { error: 'ProvisionedThroughputExceededException', times: 1 });
  const get = new GetCommand({ TableName: 'alerts', Key: { pk: 'nobody', sk: 'x' } });
  await expect(client.send(get)).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
  expect((await client.send(get)).Item).toBeUndefined();
});

test('IAM is asked for the index that a query reads and for every table of a batch', () => {
  const request = (operation: string, body: unknown) => ({
    operation,
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: {},
    body: Buffer.from(JSON.stringify(body)),
  });
  const table = 'arn:aws:dynamodb:us-east-1:123456789012:table';
  expect(dynamodb.service.access(request('Query', { TableName: 'alerts', IndexName: 'by-state' }))).toEqual([
    { action: 'dynamodb:Query', resource: `${table}/alerts/index/by-state` },
  ]);
  expect(dynamodb.service.access(request('BatchWriteItem', { RequestItems: { a: [], b: [] } }))).toEqual([
    { action: 'dynamodb:BatchWriteItem', resource: `${table}/a` },
    { action: 'dynamodb:BatchWriteItem', resource: `${table}/b` },
  ]);
});
