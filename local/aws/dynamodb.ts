import { once } from 'node:events';
import { Agent, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { asList, asRecord, assertKnown, asText, nameOf } from './properties.ts';
import { jsonBody } from './protocol.ts';
import {
  type Access,
  AwsError,
  type AwsRequest,
  type AwsResponse,
  type AwsService,
  arn,
  type Place,
  type Provisioner,
  type Provisioners,
} from './service.ts';

export interface DynamoDb {
  readonly service: AwsService;
  readonly provisioners: Provisioners;
}

/** What dynalite does not know; handlers do without, by conditional writes. */
const MISSING = [
  'TransactWriteItems',
  'TransactGetItems',
  'ExecuteStatement',
  'UpdateTimeToLive',
  'UpdateContinuousBackups',
];

/** DynamoDB: dynalite in memory, behind the shared endpoint. */
export async function createDynamoDb(place: Place): Promise<DynamoDb> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const forward = forwarder(server);
  const underWay = new Set<Promise<AwsResponse>>();
  const tableArn = (name: string) => (name.startsWith('arn:') ? name : arn(place, 'dynamodb', `table/${name}`));

  const service: AwsService = {
    signingName: 'dynamodb',
    access: (request) => accessOf(request, tableArn),
    async handle(request) {
      if (MISSING.includes(request.operation ?? '')) {
        throw new AwsError(
          'UnknownOperationException',
          `The twin's DynamoDB (dynalite) has no ${request.operation}: use conditional PutItem, UpdateItem or DeleteItem calls.`,
        );
      }
      const answer = forward(request.headers, request.body);
      underWay.add(answer);
      return answer.finally(() => underWay.delete(answer));
    },
    async close() {
      // Who asked may be gone, but dynalite still works on it, and throws when its database is closed meanwhile.
      await Promise.allSettled(underWay);
      server.close();
      server.closeAllConnections();
    },
  };

  /** Creates the table that a resource describes; `extra` are the properties of its own resource type. */
  function tableProvisioner(type: string, ignored: readonly string[]): Provisioner {
    return async (id, properties) => {
      assertKnown(id, type, properties, CREATE_PROPERTIES, ignored);
      const name = nameOf(id, properties.TableName);
      const answer = await forward(
        headersFor('CreateTable'),
        Buffer.from(JSON.stringify({ ...createRequest(properties), TableName: name })),
      );
      if (answer.status !== 200) throw new Error(`${id.stackName}/${id.logicalId}: table ${name}: ${answer.body}`);
      return { ref: name, attributes: { Arn: tableArn(name), TableId: name } };
    };
  }

  return {
    service,
    provisioners: {
      'AWS::DynamoDB::Table': tableProvisioner('AWS::DynamoDB::Table', [
        'BillingMode',
        'ContributorInsightsSpecification',
        'DeletionProtectionEnabled',
        'PointInTimeRecoverySpecification',
        'ProvisionedThroughput',
        'OnDemandThroughput',
        'SSESpecification',
        'TableClass',
        'TimeToLiveSpecification',
      ]),
      'AWS::DynamoDB::GlobalTable': tableProvisioner('AWS::DynamoDB::GlobalTable', [
        'BillingMode',
        'Replicas',
        'SSESpecification',
        'TimeToLiveSpecification',
        'WriteOnDemandThroughputSettings',
        'WriteProvisionedThroughputSettings',
      ]),
    },
  };
}

const CREATE_PROPERTIES = [
  'TableName',
  'AttributeDefinitions',
  'KeySchema',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
];

/** Expiry by TTL may take days in DynamoDB, so readers filter by it and the twin never deletes. */
function createRequest(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const indexes = (value: unknown) =>
    asList(value)
      .map(asRecord)
      .map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }));
  const global = indexes(properties.GlobalSecondaryIndexes);
  const local = indexes(properties.LocalSecondaryIndexes);
  return {
    AttributeDefinitions: properties.AttributeDefinitions,
    KeySchema: properties.KeySchema,
    BillingMode: 'PAY_PER_REQUEST',
    ...(global.length > 0 ? { GlobalSecondaryIndexes: global } : {}),
    ...(local.length > 0 ? { LocalSecondaryIndexes: local } : {}),
  };
}

function accessOf(request: AwsRequest, tableArn: (name: string) => string): Access[] {
  const { operation = '' } = request;
  const action = `dynamodb:${operation}`;
  const body = jsonBody(request);
  if (operation.startsWith('Batch')) {
    return Object.keys(asRecord(body.RequestItems)).map((name) => ({ action, resource: tableArn(name) }));
  }
  if (operation.startsWith('Transact')) {
    return asList(body.TransactItems)
      .map(asRecord)
      .flatMap((item) =>
        Object.entries(item).map(([kind, what]) => ({
          action: kind === 'ConditionCheck' ? 'dynamodb:ConditionCheckItem' : `dynamodb:${kind}Item`,
          resource: tableArn(asText(asRecord(what).TableName)),
        })),
      );
  }
  const table = asText(body.TableName);
  const index = asText(body.IndexName);
  if (table === '') return [{ action, resource: '*' }];
  return [{ action, resource: index ? `${tableArn(table)}/index/${index}` : tableArn(table) }];
}

const CREDENTIAL = 'Credential=twin/20261123/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0';

function headersFor(operation: string): Record<string, string> {
  return {
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-date': '20261123T000000Z',
    authorization: `AWS4-HMAC-SHA256 ${CREDENTIAL}`,
  };
}

const PASSED_ON = ['x-amz-target', 'content-type', 'x-amz-date', 'authorization'];

/** Sends a request on to dynalite over connections that stay open. */
function forwarder(server: Server): (headers: Readonly<Record<string, string>>, body: Buffer) => Promise<AwsResponse> {
  const agent = new Agent({ keepAlive: true });
  const { port } = server.address() as AddressInfo;
  return (given, body) =>
    new Promise((resolve, reject) => {
      const headers: Record<string, string | number> = { 'content-length': body.length };
      for (const name of PASSED_ON) if (given[name] !== undefined) headers[name] = given[name];
      const outgoing = httpRequest(
        { host: '127.0.0.1', port, method: 'POST', path: '/', agent, headers },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const { 'x-amz-crc32': crc, 'content-type': type } = incoming.headers;
            resolve({
              status: incoming.statusCode ?? 500,
              headers: { 'content-type': String(type), ...(crc ? { 'x-amz-crc32': String(crc) } : {}) },
              body: Buffer.concat(chunks),
            });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
}
