import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { postJson } from '../../../core/notifications/request.ts';
import { sender } from '../../../lambdas/escalation-notify/send.ts';

let server: Server;
let base = '';
const requests: { url: string; headers: IncomingMessage['headers']; body: string }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url = '', headers } = request;
      requests.push({ url, headers, body: Buffer.concat(chunks).toString() });
      if (url === '/moved') response.writeHead(302, { location: '/elsewhere' }).end();
      else if (url === '/reset') request.socket.destroy();
      else if (url === '/sns-throttled/') response.writeHead(400).end(snsError('Throttled'));
      else if (url === '/sns-refused/') response.writeHead(403).end(snsError('AuthorizationError'));
      else if (url === '/sns/')
        response.end('<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>');
      else response.writeHead(url === '/no' ? 404 : 200).end(url === '/no' ? 'no_team' : 'ok');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

function snsError(code: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;
}

function send(path: string) {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const sns = new SNSClient({ endpoint: base + path, region: 'us-east-1', credentials, maxAttempts: 1 });
  const ses = new SESv2Client({ endpoint: base + path, region: 'us-east-1', credentials, maxAttempts: 1 });
  const topicArn = 'arn:aws:sns:us-east-1:123456789012:alerts';
  return sender({ sns, ses, topicArn, emailSender: 'monitor@example.org', nowMs: Date.now });
}

describe('sending over HTTP', () => {
  test('sends the request as it was built and gives back the answer', async () => {
    expect(await send('/')(postJson(`${base}/yes`, { a: 'ä' }, { 'x-nsmon-kind': 'trigger' }))).toEqual({
      status: 200,
      text: 'ok',
    });
    const { headers, body } = requests.at(-1) ?? {};
    expect(body).toBe('{"a":"ä"}');
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-nsmon-kind': 'trigger' });
    expect(await send('/')(postJson(`${base}/no`, {}))).toEqual({ status: 404, text: 'no_team' });
  });

  test('follows no redirect: the message would go to whoever is there', async () => {
    expect(await send('/')(postJson(`${base}/moved`, {}))).toMatchObject({ status: 302 });
    expect(requests.some(({ url }) => url === '/elsewhere')).toBe(false);
  });

  test('says why there was no answer', async () => {
    expect(await send('/')(postJson(`${base}/reset`, {}))).toMatchObject({
      error: expect.stringContaining('ECONNRESET'),
    });
  });
});

describe('publishing to SNS', () => {
  const request = { transport: 'sns', subject: 'S', message: 'M', attributes: { severity: 'critical' } } as const;

  test('gives the message its subject and the attributes that subscribers filter by', async () => {
    expect(await send('/sns/')(request)).toEqual({ status: 200, text: 'm-1' });
    const form = new URLSearchParams(requests.at(-1)?.body);
    expect(form.get('Subject')).toBe('S');
    expect(form.get('MessageAttributes.entry.1.Name')).toBe('severity');
  });

  test('tells a throttle, which passes, from a refusal, which does not', async () => {
    expect(await send('/sns-throttled/')(request)).toMatchObject({ status: 429 });
    expect(await send('/sns-refused/')(request)).toMatchObject({
      status: 403,
      text: expect.stringContaining('AuthorizationError'),
    });
  });
});
