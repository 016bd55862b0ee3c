import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, expect, test } from '@jest/globals';
import { type AwsEndpoint, createAwsEndpoint } from '../../../local/aws/endpoint.ts';

let endpoint: AwsEndpoint | undefined;

afterEach(() => endpoint?.close());

test('a service that the twin does not have is named, to the client and to the log', async () => {
  const defects: string[] = [];
  endpoint = await createAwsEndpoint({ onDefect: (message) => defects.push(message) });
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
  const sns = new SNSClient({ region: 'us-east-1', endpoint: endpoint.url, maxAttempts: 1, credentials });
  await expect(sns.send(new PublishCommand({ TopicArn: 'arn', Message: 'm' }))).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringContaining('no service "sns"'),
  });
  expect(defects).toEqual([expect.stringContaining('asked for Publish')]);
  sns.destroy();
});

test('a request without a signature is refused', async () => {
  endpoint = await createAwsEndpoint();
  const response = await fetch(endpoint.url, { method: 'POST', body: '{}' });
  expect(response.status).toBe(403);
  expect(response.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationToken');
});

test('a service that throws answers 500 and is reported with its stack', async () => {
  const defects: string[] = [];
  endpoint = await createAwsEndpoint({
    onDefect: (message) => defects.push(message),
    services: [
      {
        signingName: 'iot',
        access: () => [],
        handle: () => Promise.reject(new TypeError('broken')),
      },
    ],
  });
  const authorization = 'AWS4-HMAC-SHA256 Credential=A/20261123/us-east-1/iot/aws4_request';
  const response = await fetch(`${endpoint.url}/things/a`, { headers: { authorization } });
  expect(response.status).toBe(500);
  expect(defects[0]).toMatch(/iot GET \/things\/a: TypeError: broken\n\s+at /);
});
