import { randomUUID } from 'node:crypto';
import { unknownOperation } from './json-service.ts';
import { asList, asRecord, asText } from './properties.ts';
import { json, jsonBody } from './protocol.ts';
import { AwsError, type AwsRequest, type AwsService, arn, type Place } from './service.ts';

/** Hands an e-mail to whoever has the address. */
export type DeliverEmail = (to: string, subject: string, text: string, html: string | undefined) => void;

/** Quota on the recipients of one message. */
const MAX_RECIPIENTS = 50;
const SEND_EMAIL = 'POST /v2/email/outbound-emails';

/** SES, version 2: `SendEmail` with simple content. Every sender counts as verified; policies decide who may be one. */
export function createSes(place: Place, deliver: DeliverEmail): AwsService {
  const operationOf = ({ method, path }: AwsRequest): string => `${method} ${path}`;

  return {
    signingName: 'ses',
    access(request) {
      const sender = addressIn(asText(jsonBody(request).FromEmailAddress));
      const context = { 'ses:FromAddress': sender };
      return [{ action: 'ses:SendEmail', resource: arn(place, 'ses', `identity/${sender}`), context }];
    },
    async handle(request) {
      if (operationOf(request) !== SEND_EMAIL) {
        throw unknownOperation('SES', operationOf(request), [SEND_EMAIL]);
      }
      const { FromEmailAddress, Destination, Content } = jsonBody(request);
      const { ToAddresses, CcAddresses, BccAddresses } = asRecord(Destination);
      const to = [ToAddresses, CcAddresses, BccAddresses].flatMap((list) => asList(list).map((one) => asText(one)));
      const { Subject, Body } = asRecord(asRecord(Content).Simple);
      const subject = asText(asRecord(Subject).Data);
      const { Text, Html } = asRecord(Body);
      const text = asText(asRecord(Text).Data);
      const html = asText(asRecord(Html).Data);
      check(addressIn(asText(FromEmailAddress)), to, subject, text || html);
      for (const address of to) deliver(addressIn(address), subject, text || html, html || undefined);
      return {
        ...json({ MessageId: `0100019${randomUUID()}-000000` }),
        headers: { 'content-type': 'application/json' },
      };
    },
  };
}

/** @throws AwsError BadRequestException naming what SES would refuse */
function check(from: string, to: readonly string[], subject: string, body: string): void {
  const wrong = [from, ...to.map(addressIn)].find((address) => !/^[^@\s]+@[^@\s]+$/.test(address));
  if (wrong !== undefined) throw new AwsError('BadRequestException', `Illegal address: ${JSON.stringify(wrong)}`);
  if (to.length === 0 || to.length > MAX_RECIPIENTS) {
    throw new AwsError('BadRequestException', `Recipient count is ${to.length}; 1 to ${MAX_RECIPIENTS} are allowed.`);
  }
  if (/[\r\n]/.test(subject)) throw new AwsError('BadRequestException', 'Subject must be one line.');
  if (body === '') throw new AwsError('BadRequestException', 'Body must have a text or an HTML part.');
}

/** `NeuraScale Monitor <monitor@example.org>` is `monitor@example.org`. */
function addressIn(text: string): string {
  return /<([^<>]*)>\s*$/.exec(text)?.[1] ?? text.trim();
}
