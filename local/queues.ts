import { assertKnown, nameOf } from './aws/properties.ts';
import { AwsError, arn, type Place, type Provisioners } from './aws/service.ts';

/** SQS as far as this system uses it: somewhere to put what could not be delivered, for a person to look at. */
export interface Queues {
  readonly provisioners: Provisioners;
  /** @param id ARN, URL or name @throws AwsError QueueDoesNotExist */
  send(id: string, body: string): void;
  /** Bodies, oldest first. */
  messages(id: string): readonly string[];
  arn(id: string): string;
}

/** The oldest make room: nobody empties these queues. */
const MAX_MESSAGES = 10_000;

export function createQueues(place: Place): Queues {
  const queues = new Map<string, string[]>();
  const nameIn = (id: string) => id.split(/[:/]/).at(-1) ?? '';
  const queueArn = (id: string) => arn(place, 'sqs', nameIn(id));

  function find(id: string): string[] {
    const found = queues.get(nameIn(id));
    if (!found) throw new AwsError('QueueDoesNotExist', `The queue ${id} does not exist.`, 400);
    return found;
  }

  return {
    arn: queueArn,
    messages: (id) => [...find(id)],
    send(id, body) {
      const queue = find(id);
      queue.push(body);
      if (queue.length > MAX_MESSAGES) queue.shift();
    },
    provisioners: {
      async 'AWS::SQS::Queue'(id, properties) {
        assertKnown(
          id,
          'AWS::SQS::Queue',
          properties,
          ['QueueName'],
          ['MessageRetentionPeriod', 'SqsManagedSseEnabled', 'KmsMasterKeyId', 'VisibilityTimeout', 'RedrivePolicy'],
        );
        const name = nameOf(id, properties.QueueName);
        queues.set(name, []);
        const url = `${place.endpoint}/${place.accountId}/${name}`;
        return { ref: url, attributes: { Arn: queueArn(name), QueueName: name, QueueUrl: url } };
      },
    },
  };
}
