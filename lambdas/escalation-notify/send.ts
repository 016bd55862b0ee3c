import { type SESv2Client, SESv2ServiceException, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { PublishCommand, type PublishCommandInput, type SNSClient, SNSServiceException } from '@aws-sdk/client-sns';
import type { Answer } from '../../core/notifications/answer.ts';
import type { ChannelRequest, EmailRequest, SmsRequest, SnsRequest } from '../../core/notifications/request.ts';
import { sendHttp } from '../shared/http.ts';

/** How long a channel may take to answer. */
export const TIMEOUT_MS = 5000;

export interface SenderOptions {
  readonly sns: SNSClient;
  readonly ses: SESv2Client;
  readonly topicArn: string;
  /** Who e-mail is from: an identity that SES has verified; undefined where there is none. */
  readonly emailSender: string | undefined;
  readonly nowMs: () => number;
  readonly timeoutMs?: number;
}

/** Sends a request and says what came back; never throws. */
export function sender(options: SenderOptions): (request: ChannelRequest) => Promise<Answer> {
  const { timeoutMs = TIMEOUT_MS } = options;
  return (request) => {
    switch (request.transport) {
      case 'http':
        return sendHttp(request, timeoutMs, options.nowMs);
      case 'sns':
        return publish(options, topicMessage(options.topicArn, request), timeoutMs);
      case 'sms':
        return publish(options, textMessage(request), timeoutMs);
      case 'email':
        return sendEmail(options, request, timeoutMs);
    }
  };
}

function topicMessage(TopicArn: string, { subject, message, attributes }: SnsRequest): PublishCommandInput {
  const entries = Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]);
  return { TopicArn, Subject: subject, Message: message, MessageAttributes: Object.fromEntries(entries) };
}

function textMessage({ to, message }: SmsRequest): PublishCommandInput {
  // Transactional: delivered before what advertises, and at night.
  const type = { DataType: 'String', StringValue: 'Transactional' };
  return { PhoneNumber: to, Message: message, MessageAttributes: { 'AWS.SNS.SMS.SMSType': type } };
}

function publish({ sns }: SenderOptions, input: PublishCommandInput, timeoutMs: number): Promise<Answer> {
  return answerOf(
    timeoutMs,
    async (abortSignal) => (await sns.send(new PublishCommand(input), { abortSignal })).MessageId,
  );
}

async function sendEmail(
  { ses, emailSender }: SenderOptions,
  request: EmailRequest,
  timeoutMs: number,
): Promise<Answer> {
  if (emailSender === undefined) {
    return { forbidden: 'there is no sender for e-mail: deploy with -c emailSender=ADDRESS, which SES has verified' };
  }
  const { to, subject, message, html } = request;
  const part = (Data: string) => ({ Data, Charset: 'UTF-8' });
  const command = new SendEmailCommand({
    FromEmailAddress: `NeuraScale Monitor <${emailSender}>`,
    Destination: { ToAddresses: [...to] },
    Content: {
      Simple: {
        Subject: part(subject),
        Body: { Text: part(message), Html: part(html) },
        // No mailbox answers a machine that it is on holiday (RFC 3834).
        Headers: [{ Name: 'Auto-Submitted', Value: 'auto-generated' }],
      },
    },
  });
  return answerOf(timeoutMs, async (abortSignal) => (await ses.send(command, { abortSignal })).MessageId);
}

/** What an AWS service answered, as if it were a channel's HTTP. */
async function answerOf(
  timeoutMs: number,
  call: (signal: AbortSignal) => Promise<string | undefined>,
): Promise<Answer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return { status: 200, text: (await call(signal)) ?? '' };
  } catch (error) {
    if (signal.aborted) return { error: `no answer within ${timeoutMs / 1000} s` };
    if (!(error instanceof SNSServiceException || error instanceof SESv2ServiceException)) {
      return { error: (error as Error).message };
    }
    return { status: statusOf(error), text: `${error.name}: ${error.message}` };
  }
}

/** Throttles are 400 by their status, and yet pass. */
const THROTTLES = /^(Throttl|TooManyRequests|LimitExceeded|SendingPaused)/;

function statusOf({ name, $metadata }: SNSServiceException | SESv2ServiceException): number {
  return THROTTLES.test(name) ? 429 : ($metadata.httpStatusCode ?? 500);
}
