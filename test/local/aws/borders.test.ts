import {
  DescribeEndpointCommand,
  DescribeThingCommand,
  IoTClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-iot';
import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createIot } from '../../../local/aws/iot.ts';
import { createIotData } from '../../../local/aws/iotdata.ts';
import { createSqs, type Sqs } from '../../../local/aws/sqs.ts';
import { createSts } from '../../../local/aws/sts.ts';
import { ID, type Rig, startRig } from './support.ts';

let rig: Rig;
let sqs: Sqs;
let nowMs = Date.parse('2026-11-23T10:00:00Z');
const published: unknown[] = [];
const asked: string[] = [];

beforeAll(async () => {
  rig = await startRig({
    authorize(_, access) {
      asked.push(...access.map(({ action, resource }) => `${action} ${resource}`));
      return undefined;
    },
  });
  const { place } = rig;
  sqs = createSqs(place, () => nowMs);
  rig.endpoint.use(
    createIot(place, {
      dataEndpoint: 'localhost',
      describeThing: (name) => (name === 'lab-1' ? { name, attributes: { tenant: 't', site: 's' } } : undefined),
    }),
    createIotData(place, async (topic, payload, qos) => void published.push([topic, payload.toString(), qos])),
    createSts(place, (key) => `arn:aws:iam::123456789012:role/of-${key}`),
    sqs.service,
  );
});

afterAll(() => rig.endpoint.close());

describe('IoT', () => {
  test('a thing is described with its attributes, a missing one is the SDK class', async () => {
    const client = new IoTClient(rig.client);
    expect(await client.send(new DescribeThingCommand({ thingName: 'lab-1' }))).toMatchObject({
      thingName: 'lab-1',
      attributes: { tenant: 't', site: 's' },
    });
    await expect(client.send(new DescribeThingCommand({ thingName: 'lab-2' }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
    expect((await client.send(new DescribeEndpointCommand({}))).endpointAddress).toBe('localhost');
    expect(asked).toContain('iot:DescribeThing arn:aws:iot:us-east-1:123456789012:thing/lab-1');
    client.destroy();
  });

  test('a message is published with its topic and quality of service', async () => {
    const client = new IoTDataPlaneClient(rig.client);
    await client.send(new PublishCommand({ topic: 'nsmon/dev/lab-1/ack', qos: 1, payload: Buffer.from('{"a":1}') }));
    expect(published).toEqual([['nsmon/dev/lab-1/ack', '{"a":1}', 1]]);
    expect(asked).toContain('iot:Publish arn:aws:iot:us-east-1:123456789012:topic/nsmon/dev/lab-1/ack');
    client.destroy();
  });
});

test('the caller learns who they are', async () => {
  const client = new STSClient(rig.client);
  expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:role/of-AKIATEST',
  });
  client.destroy();
});

const signed = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=A/20261123/us-east-1/${service}/aws4_request`,
});

describe('SQS', () => {
  async function call(operation: string, body: unknown): Promise<Record<string, unknown>> {
    const headers = {
      ...signed('sqs'),
      'x-amz-target': `AmazonSQS.${operation}`,
      'content-type': 'application/x-amz-json-1.0',
    };
    const response = await fetch(rig.place.endpoint, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as Record<string, unknown>;
  }

  test('a message is hidden while somebody works on it, and gone when it is deleted', async () => {
    const made = await sqs.provisioners['AWS::SQS::Queue']?.(ID, {
      QueueName: 'failed',
      VisibilityTimeout: 30,
      SqsManagedSseEnabled: true,
    });
    const QueueUrl = made?.ref;
    sqs.enqueue(made?.attributes.Arn ?? '', 'from a service');
    await call('SendMessage', { QueueUrl, MessageBody: 'from a client' });
    const receive = async () =>
      ((await call('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 })).Messages ?? []) as {
        Body: string;
        ReceiptHandle: string;
      }[];
    const [first, second] = await receive();
    expect([first?.Body, second?.Body]).toEqual(['from a service', 'from a client']);
    expect(await receive()).toEqual([]);
    await call('DeleteMessage', { QueueUrl, ReceiptHandle: first?.ReceiptHandle });
    nowMs += 30_000;
    expect((await receive()).map(({ Body }) => Body)).toEqual(['from a client']);
    expect(sqs.messages(made?.attributes.Arn ?? '')).toEqual(['from a client']);
  });

  test('a redrive policy, which nothing here would follow, stops the start', async () => {
    await expect(sqs.provisioners['AWS::SQS::Queue']?.(ID, { RedrivePolicy: {} })).rejects.toThrow('RedrivePolicy');
  });
});
