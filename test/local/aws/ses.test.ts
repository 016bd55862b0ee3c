import { BadRequestException, SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Access } from '../../../local/aws/service.ts';
import { createSes } from '../../../local/aws/ses.ts';
import { type Rig, startRig } from './support.ts';

let rig: Rig;
let client: SESv2Client;
const delivered: unknown[] = [];
const asked: Access[] = [];

beforeAll(async () => {
  rig = await startRig({
    authorize(_key, access) {
      asked.push(...access);
      return undefined;
    },
  });
  rig.endpoint.use(createSes(rig.place, (...mail) => void delivered.push(mail)));
  client = new SESv2Client(rig.client);
});

afterAll(async () => {
  client.destroy();
  await rig.endpoint.close();
});

function send(to: string[], subject = 'Häßlich', html?: string) {
  const part = (Data: string) => ({ Data, Charset: 'UTF-8' });
  return client.send(
    new SendEmailCommand({
      FromEmailAddress: 'NeuraScale Monitor <monitor@example.org>',
      Destination: { ToAddresses: to },
      Content: { Simple: { Subject: part(subject), Body: { Text: part('text'), ...(html && { Html: part(html) }) } } },
    }),
  );
}

test('an e-mail reaches each of its recipients, with both parts, and needs the right to be its sender', async () => {
  const { MessageId } = await send(['a@example.org', 'b@example.org'], 'Häßlich', '<p>html</p>');
  expect(MessageId).toMatch(/./);
  expect(delivered).toEqual([
    ['a@example.org', 'Häßlich', 'text', '<p>html</p>'],
    ['b@example.org', 'Häßlich', 'text', '<p>html</p>'],
  ]);
  expect(asked).toMatchObject([
    { action: 'ses:SendEmail', resource: 'arn:aws:ses:us-east-1:123456789012:identity/monitor@example.org' },
  ]);
});

test.each([
  ['to nobody', [], 'S'],
  ['to no address', ['nobody'], 'S'],
  ['to more than 50', Array.from({ length: 51 }, (_, i) => `a${i}@example.org`), 'S'],
  ['with two lines of subject', ['a@example.org'], 'S\nBcc: x@example.org'],
])('an e-mail %s is refused as SES refuses it', async (_what, to, subject) => {
  await expect(send(to, subject)).rejects.toBeInstanceOf(BadRequestException);
});
