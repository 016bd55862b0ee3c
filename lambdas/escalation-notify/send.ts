import { PublishCommand, type SNSClient, SNSServiceException } from '@aws-sdk/client-sns';
import type { Answer } from '../../core/notifications/answer.ts';
import type { ChannelRequest, HttpRequest, SnsRequest } from '../../core/notifications/request.ts';

/** How long a channel may take to answer. */
const TIMEOUT_MS = 5000;
/** More of an answer than this is not read: it is only for the log. */
const MAX_ANSWER = 1000;

/** Sends a request and says what came back; never throws. */
export function sender(sns: SNSClient, topicArn: string): (request: ChannelRequest) => Promise<Answer> {
  return (request) => (request.transport === 'http' ? sendHttp(request) : publish(sns, topicArn, request));
}

async function sendHttp({ url, method, headers, body }: HttpRequest): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    // A redirect would carry the message, and its link, to whoever answers there.
    const response = await fetch(url, { method, headers, body, signal, redirect: 'manual' });
    return { status: response.status, text: (await response.text()).slice(0, MAX_ANSWER) };
  } catch (error) {
    return { error: describe(error) };
  }
}

async function publish(sns: SNSClient, topicArn: string, request: SnsRequest): Promise<Answer> {
  const { subject, message, attributes } = request;
  const entries = Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]);
  try {
    const command = new PublishCommand({
      TopicArn: topicArn,
      Subject: subject,
      Message: message,
      MessageAttributes: Object.fromEntries(entries),
    });
    const { MessageId } = await sns.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: 200, text: MessageId ?? '' };
  } catch (error) {
    if (!(error instanceof SNSServiceException)) return { error: describe(error) };
    const status = error.name.startsWith('Throttl') ? 429 : (error.$metadata.httpStatusCode ?? 500);
    return { status, text: `${error.name}: ${error.message}` };
  }
}

function describe(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError' || name === 'AbortError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
