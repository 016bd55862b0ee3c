import type { Sns } from './aws/sns.ts';
import type { Sqs } from './aws/sqs.ts';
import type { Iam } from './iam/iam.ts';

/** Sends a record to what an ARN names, as a role: destinations of failed events, and dead-letter queues. */
export type Send = (arn: string, body: string, roleArn: string) => Promise<void>;

export interface DestinationPorts {
  readonly iam: Iam;
  readonly sqs: Sqs;
  readonly sns: Sns;
  invokeAsync(functionArn: string, payload: string): void;
}

/** Destinations by the service in their ARN. A new kind is an entry here. */
export function destinations({ iam, sqs, sns, invokeAsync }: DestinationPorts): Send {
  const kinds: Readonly<
    Record<string, { readonly action: string; send(arn: string, body: string): Promise<unknown> }>
  > = {
    sqs: { action: 'sqs:SendMessage', send: async (arn, body) => sqs.enqueue(arn, body) },
    sns: { action: 'sns:Publish', send: (arn, body) => sns.publish(arn, body, undefined) },
    lambda: { action: 'lambda:InvokeFunction', send: async (arn, body) => invokeAsync(arn, body) },
  };
  return async (arn, body, roleArn) => {
    const kind = kinds[arn.split(':')[2] ?? ''];
    if (!kind) throw new Error(`the destination ${arn} is none of ${Object.keys(kinds).join(', ')}`);
    const denied = iam.denied(roleArn, { action: kind.action, resource: arn });
    if (denied !== undefined) throw new Error(denied);
    await kind.send(arn, body);
  };
}
