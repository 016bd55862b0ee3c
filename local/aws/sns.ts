import { randomUUID } from 'node:crypto';
import { asList, asRecord, assertKnown, asText, nameOf } from './properties.ts';
import { entriesOf, queryService } from './query-service.ts';
import { AwsError, type AwsService, arn, type Place, type Provisioners, type ResourceId } from './service.ts';

/** Where subscriptions of the twin deliver to. */
export interface SnsPorts {
  /** E-mail and text messages. */
  deliver(channel: 'email' | 'sms', to: string, subject: string, text: string): void;
  /** Invokes a subscribed function with an SNS event. */
  invokeLambda(functionArn: string, event: unknown): Promise<unknown>;
  /** Puts a message into a subscribed queue. */
  enqueue(queueArn: string, body: string): void;
  /** Told of deliveries that failed: real SNS retries some and drops the rest. */
  onDeliveryFailed?(message: string): void;
}

export interface Sns {
  readonly service: AwsService;
  readonly provisioners: Provisioners;
  /** @throws AwsError NotFound when there is no such topic */
  publish(topicArn: string, message: string, subject: string | undefined): Promise<{ messageId: string }>;
  /** Whoever is to be told by e-mail: confirmed at once. @throws AwsError NotFound when there is no such topic */
  subscribe(topicArn: string, protocol: 'email' | 'sms', endpoint: string): void;
}

interface Subscription {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly isRaw: boolean;
}

interface Notification {
  readonly topicArn: string;
  readonly messageId: string;
  readonly message: string;
  readonly subject: string | undefined;
  readonly timestamp: string;
  readonly attributes: Readonly<Record<string, { Type: string; Value: string }>>;
}

const PROTOCOLS = ['email', 'email-json', 'sms', 'http', 'https', 'lambda', 'sqs'];
/** SNS refuses e-mail subjects that are longer or hold anything else. */
const SUBJECT = /^[\x21-\x7e][\x20-\x7e]{0,99}$/;
/** Quota on a message, attributes included. */
const MAX_BYTES = 256 * 1024;

/** SNS: topics, subscriptions and Publish, in AWS Query. */
export function createSns(place: Place, ports: SnsPorts, now: () => number = Date.now): Sns {
  const topics = new Map<string, Subscription[]>();

  function subscribe(topicArn: string, protocol: string, endpoint: string, isRaw: boolean): string {
    const subscriptions = topics.get(topicArn);
    if (!subscriptions) throw new AwsError('NotFound', `Topic does not exist: ${topicArn}`, 404);
    if (!PROTOCOLS.includes(protocol)) {
      throw new AwsError('InvalidParameter', `Protocol "${protocol}" is not one of ${PROTOCOLS.join(', ')}.`);
    }
    const subscriptionArn = `${topicArn}:${randomUUID()}`;
    subscriptions.push({ arn: subscriptionArn, protocol, endpoint, isRaw });
    return subscriptionArn;
  }

  async function deliver({ protocol, endpoint, isRaw }: Subscription, note: Notification): Promise<void> {
    switch (protocol) {
      case 'email':
      case 'email-json':
        return ports.deliver('email', endpoint, note.subject ?? 'AWS Notification Message', note.message);
      case 'sms':
        return ports.deliver('sms', endpoint, note.subject ?? '', note.message);
      case 'lambda':
        await ports.invokeLambda(endpoint, {
          Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', Sns: envelope(note) }],
        });
        return;
      case 'sqs':
        return ports.enqueue(endpoint, isRaw ? note.message : JSON.stringify(envelope(note)));
      default: {
        const headers = {
          'content-type': 'text/plain; charset=UTF-8',
          'x-amz-sns-message-type': 'Notification',
          'x-amz-sns-message-id': note.messageId,
          'x-amz-sns-topic-arn': note.topicArn,
        };
        const body = isRaw ? note.message : JSON.stringify(envelope(note));
        const response = await fetch(endpoint, { method: 'POST', headers, body });
        if (!response.ok) throw new Error(`${endpoint} answered ${response.status}`);
      }
    }
  }

  async function publish(
    topicArn: string,
    message: string,
    subject: string | undefined,
    attributes: Notification['attributes'] = {},
  ) {
    const subscriptions = topics.get(topicArn);
    if (!subscriptions) throw new AwsError('NotFound', `Topic does not exist: ${topicArn}`, 404);
    if (subject !== undefined && !SUBJECT.test(subject)) {
      throw new AwsError(
        'InvalidParameter',
        `Invalid parameter: Subject must be 1 to 100 printable ASCII characters, received "${subject}"`,
      );
    }
    if (message === '' || Buffer.byteLength(message) > MAX_BYTES) {
      throw new AwsError(
        'InvalidParameter',
        `Invalid parameter: Message has ${Buffer.byteLength(message)} bytes; 1 to ${MAX_BYTES} are allowed.`,
      );
    }
    const note = {
      topicArn,
      messageId: randomUUID(),
      message,
      subject,
      timestamp: new Date(now()).toISOString(),
      attributes,
    };
    for (const subscription of subscriptions) {
      // SNS answers the publisher before it delivers.
      void deliver(subscription, note).catch((error: unknown) => {
        ports.onDeliveryFailed?.(`SNS to ${subscription.protocol} ${subscription.endpoint}: ${String(error)}`);
      });
    }
    return { messageId: note.messageId };
  }

  const service = queryService({
    signingName: 'sns',
    title: 'SNS',
    namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    operations: {
      async Publish(form) {
        const phone = form.get('PhoneNumber');
        if (phone) {
          ports.deliver('sms', phone, form.get('Subject') ?? '', form.get('Message') ?? '');
          return `<MessageId>${randomUUID()}</MessageId>`;
        }
        const topicArn = form.get('TopicArn') ?? form.get('TargetArn') ?? '';
        const { messageId } = await publish(
          topicArn,
          form.get('Message') ?? '',
          form.get('Subject') ?? undefined,
          attributesOf(form),
        );
        return `<MessageId>${messageId}</MessageId>`;
      },
      CreateTopic(form) {
        const topicArn = arn(place, 'sns', form.get('Name') ?? '');
        if (!topics.has(topicArn)) topics.set(topicArn, []);
        return `<TopicArn>${topicArn}</TopicArn>`;
      },
      Subscribe(form) {
        const made = subscribe(
          form.get('TopicArn') ?? '',
          form.get('Protocol') ?? '',
          form.get('Endpoint') ?? '',
          false,
        );
        return `<SubscriptionArn>${made}</SubscriptionArn>`;
      },
      ListSubscriptionsByTopic(form) {
        const TopicArn = form.get('TopicArn') ?? '';
        const members = (topics.get(TopicArn) ?? []).map(
          (one) =>
            `<member><SubscriptionArn>${one.arn}</SubscriptionArn><Protocol>${one.protocol}</Protocol><Endpoint>${one.endpoint}</Endpoint><TopicArn>${TopicArn}</TopicArn></member>`,
        );
        return `<Subscriptions>${members.join('')}</Subscriptions>`;
      },
    },
    access(operation, form) {
      return [{ action: `sns:${operation}`, resource: form.get('TopicArn') ?? form.get('TargetArn') ?? '*' }];
    },
  });

  /** @throws Error when the subscription asks for what the twin does not do */
  function subscribeFromTemplate(
    id: ResourceId,
    topicArn: string,
    properties: Readonly<Record<string, unknown>>,
  ): string {
    assertKnown(
      id,
      'AWS::SNS::Subscription',
      properties,
      ['TopicArn', 'Protocol', 'Endpoint', 'RawMessageDelivery'],
      ['RedrivePolicy', 'Region'],
    );
    const isRaw = properties.RawMessageDelivery === true || properties.RawMessageDelivery === 'true';
    return subscribe(topicArn, asText(properties.Protocol), asText(properties.Endpoint), isRaw);
  }

  const provisioners: Provisioners = {
    async 'AWS::SNS::Topic'(id, properties) {
      assertKnown(
        id,
        'AWS::SNS::Topic',
        properties,
        ['TopicName', 'Subscription'],
        ['DisplayName', 'KmsMasterKeyId', 'TracingConfig', 'SignatureVersion'],
      );
      const name = nameOf(id, properties.TopicName);
      const topicArn = arn(place, 'sns', name);
      topics.set(topicArn, []);
      for (const one of asList(properties.Subscription)) subscribeFromTemplate(id, topicArn, asRecord(one));
      return { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name } };
    },
    async 'AWS::SNS::Subscription'(id, properties) {
      const made = subscribeFromTemplate(id, asText(properties.TopicArn), properties);
      return { ref: made, attributes: { Arn: made } };
    },
  };

  return {
    service,
    provisioners,
    publish,
    subscribe: (topicArn, protocol, endpoint) => void subscribe(topicArn, protocol, endpoint, false),
  };
}

function attributesOf(form: URLSearchParams): Notification['attributes'] {
  const attributes: Record<string, { Type: string; Value: string }> = {};
  for (const entry of entriesOf(form, 'MessageAttributes')) {
    attributes[entry.Name ?? ''] = {
      Type: entry['Value.DataType'] ?? 'String',
      Value: entry['Value.StringValue'] ?? '',
    };
  }
  return attributes;
}

/** The JSON that SNS wraps a message in. */
function envelope({ topicArn, messageId, message, subject, timestamp, attributes }: Notification): unknown {
  return {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    Subject: subject,
    Message: message,
    Timestamp: timestamp,
    SignatureVersion: '1',
    MessageAttributes: attributes,
  };
}
