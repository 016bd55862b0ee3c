import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NotFoundException, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createSns, type Sns } from '../../../local/aws/sns.ts';
import { ID, type Rig, startRig } from './support.ts';

let rig: Rig;
let sns: Sns;
let client: SNSClient;
let delivered: unknown[] = [];

beforeAll(async () => {
  rig = await startRig();
  sns = createSns(rig.place, {
    deliver: (...mail) => void delivered.push(mail),
    invokeLambda: async (...call) => void delivered.push(call),
    enqueue: (...message) => void delivered.push(message),
  });
  rig.endpoint.use(sns.service);
  client = new SNSClient(rig.client);
});

beforeEach(() => {
  delivered = [];
});

afterAll(async () => {
  client.destroy();
  await rig.endpoint.close();
});

async function topic(TopicName: string, ...subscriptions: [protocol: string, endpoint: string][]): Promise<string> {
  const made = await sns.provisioners['AWS::SNS::Topic']?.(ID, { TopicName, DisplayName: 'x' });
  for (const [Protocol, Endpoint] of subscriptions) {
    await sns.provisioners['AWS::SNS::Subscription']?.(ID, { TopicArn: made?.ref, Protocol, Endpoint });
  }
  return made?.ref ?? '';
}

test('a message reaches every subscription in its own form', async () => {
  const TopicArn = await topic(
    'all',
    ['email', 'a@example.org'],
    ['sms', '+15550100'],
    ['lambda', 'arn:f'],
    ['sqs', 'arn:q'],
  );
  expect(TopicArn).toBe('arn:aws:sns:us-east-1:123456789012:all');
  const { MessageId } = await client.send(
    new PublishCommand({
      TopicArn,
      Subject: 'C3 & C4',
      Message: 'detached <now>',
      MessageAttributes: { severity: { DataType: 'String', StringValue: 'critical' } },
    }),
  );
  const sent = {
    Type: 'Notification',
    MessageId,
    TopicArn,
    Subject: 'C3 & C4',
    Message: 'detached <now>',
    MessageAttributes: { severity: { Type: 'String', Value: 'critical' } },
  };
  expect(delivered).toEqual([
    ['email', 'a@example.org', 'C3 & C4', 'detached <now>'],
    ['sms', '+15550100', 'C3 & C4', 'detached <now>'],
    ['arn:f', { Records: [expect.objectContaining({ Sns: expect.objectContaining(sent) })] }],
    ['arn:q', expect.any(String)],
  ]);
  expect(JSON.parse((delivered[3] as string[])[1] ?? '')).toMatchObject(sent);
});

test('a web address is posted to with the SNS headers', async () => {
  let heard: (request: { type: unknown; body: string }) => void = () => {};
  const request = new Promise<{ type: unknown; body: string }>((resolve) => {
    heard = resolve;
  });
  const server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      response.end();
      heard({ type: message.headers['x-amz-sns-message-type'], body: Buffer.concat(chunks).toString() });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const TopicArn = await topic('web', ['http', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`]);
  await client.send(new PublishCommand({ TopicArn, Message: 'hello' }));
  const { type, body } = await request;
  server.close();
  expect(type).toBe('Notification');
  expect(JSON.parse(body)).toMatchObject({ Message: 'hello' });
});

test('an unknown topic is the SDK class, a filter stops the start', async () => {
  await expect(
    client.send(new PublishCommand({ TopicArn: 'arn:aws:sns:us-east-1:123456789012:no', Message: 'm' })),
  ).rejects.toBeInstanceOf(NotFoundException);
  const filtered = { TopicArn: await topic('f'), Protocol: 'email', Endpoint: 'a@example.org', FilterPolicy: {} };
  await expect(sns.provisioners['AWS::SNS::Subscription']?.(ID, filtered)).rejects.toThrow('FilterPolicy');
});

test.each(['x'.repeat(101), 'Prüfung', 'two\nlines'])('the subject %j is refused, as SNS does', async (Subject) => {
  const TopicArn = await topic('subjects', ['email', 'a@example.org']);
  await expect(client.send(new PublishCommand({ TopicArn, Subject, Message: 'm' }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  expect(delivered).toEqual([]);
});
