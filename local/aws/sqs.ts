import { createHash, randomUUID } from 'node:crypto';
import { type JsonOperations, jsonService } from './json-service.ts';
import { asNumber, assertKnown, asText, nameOf } from './properties.ts';
import { AwsError, type AwsService, arn, type Place, type Provisioners } from './service.ts';

export interface Sqs {
  readonly service: AwsService;
  readonly provisioners: Provisioners;
  /** Puts a message into a queue as another service does (dead letters, SNS). @throws AwsError QueueDoesNotExist */
  enqueue(queueArn: string, body: string): void;
  /** Bodies that lie in a queue now, oldest first. */
  messages(queueArn: string): readonly string[];
}

interface Message {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  receipt: string;
  receives: number;
  /** Epoch milliseconds from which it can be received. */
  visibleAt: number;
}

interface Queue {
  readonly name: string;
  readonly visibilitySeconds: number;
  readonly messages: Message[];
}

const TYPE = 'AWS::SQS::Queue';
const IGNORED = [
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'SqsManagedSseEnabled',
];

/** SQS: `AmazonSQS.<Operation>` in JSON 1.0, standard queues. */
export function createSqs(place: Place, now: () => number = Date.now): Sqs {
  const queues = new Map<string, Queue>();
  const urlOf = (name: string) => `${place.endpoint}/${place.accountId}/${name}`;
  const arnOf = (name: string) => arn(place, 'sqs', name);

  /** By the last part of a queue's URL or ARN, which both end with its name. */
  function find(urlOrArn: string): Queue {
    const queue = queues.get(urlOrArn.split(/[/:]/).at(-1) ?? '');
    if (!queue) throw new AwsError('QueueDoesNotExist', `The specified queue does not exist: ${urlOrArn}`);
    return queue;
  }

  function send(queue: Queue, body: string, delaySeconds = 0): Message {
    const message = {
      id: randomUUID(),
      body,
      sentAt: now(),
      receipt: '',
      receives: 0,
      visibleAt: now() + delaySeconds * 1000,
    };
    queue.messages.push(message);
    return message;
  }

  const operations: JsonOperations = {
    SendMessage({ QueueUrl, MessageBody, DelaySeconds }) {
      const body = asText(MessageBody);
      const { id } = send(find(asText(QueueUrl)), body, asNumber(DelaySeconds, 0));
      return { MessageId: id, MD5OfMessageBody: md5(body) };
    },
    ReceiveMessage({ QueueUrl, MaxNumberOfMessages, VisibilityTimeout }) {
      const queue = find(asText(QueueUrl));
      const visible = queue.messages
        .filter(({ visibleAt }) => visibleAt <= now())
        .slice(0, asNumber(MaxNumberOfMessages, 1));
      for (const message of visible) {
        message.visibleAt = now() + asNumber(VisibilityTimeout, queue.visibilitySeconds) * 1000;
        message.receipt = randomUUID();
        message.receives += 1;
      }
      return {
        Messages: visible.map(({ id, body, receipt, receives, sentAt }) => ({
          MessageId: id,
          Body: body,
          ReceiptHandle: receipt,
          MD5OfBody: md5(body),
          Attributes: { ApproximateReceiveCount: String(receives), SentTimestamp: String(sentAt) },
        })),
      };
    },
    DeleteMessage({ QueueUrl, ReceiptHandle }) {
      const { messages } = find(asText(QueueUrl));
      const at = messages.findIndex(({ receipt }) => receipt !== '' && receipt === ReceiptHandle);
      if (at >= 0) messages.splice(at, 1);
      return {};
    },
    GetQueueUrl: ({ QueueName }) => ({ QueueUrl: urlOf(find(asText(QueueName)).name) }),
    GetQueueAttributes({ QueueUrl }) {
      const { name, messages } = find(asText(QueueUrl));
      const visible = messages.filter(({ visibleAt }) => visibleAt <= now()).length;
      return {
        Attributes: {
          QueueArn: arnOf(name),
          ApproximateNumberOfMessages: String(visible),
          ApproximateNumberOfMessagesNotVisible: String(messages.length - visible),
        },
      };
    },
  };

  return {
    service: jsonService({
      signingName: 'sqs',
      title: 'SQS',
      operations,
      access(operation, { QueueUrl, QueueName }) {
        const name = asText(QueueUrl).split('/').at(-1) || asText(QueueName);
        return [{ action: `sqs:${operation}`, resource: arnOf(name) }];
      },
    }),
    provisioners: {
      async [TYPE](id, properties) {
        assertKnown(id, TYPE, properties, ['QueueName', 'VisibilityTimeout'], IGNORED);
        const name = nameOf(id, properties.QueueName);
        queues.set(name, { name, visibilitySeconds: asNumber(properties.VisibilityTimeout, 30), messages: [] });
        return { ref: urlOf(name), attributes: { Arn: arnOf(name), QueueName: name, QueueUrl: urlOf(name) } };
      },
    },
    enqueue: (queueArn, body) => void send(find(queueArn), body),
    messages: (queueArn) => find(queueArn).messages.map(({ body }) => body),
  };
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
