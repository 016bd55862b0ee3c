import { asNumber, asRecord, asText } from '../aws/properties.ts';
import type { Access } from '../aws/service.ts';
import type { Message } from './sql/functions.ts';
import { compileTemplate } from './template.ts';

/** What rule actions reach; everything is checked as the rule's role or by the function's policy. */
export interface ActionPorts {
  /** Why a role may not; undefined when it may. */
  denied(roleArn: string, access: Access): string | undefined;
  /** @throws Error unless IoT Core may take the role */
  assertAssumable(roleArn: string): void;
  putRecord(streamName: string, partitionKey: string, data: Buffer): void;
  streamArn(streamName: string): string;
  putObject(bucket: string, key: string, body: Buffer): Promise<void>;
  /** @throws Error when the function's policy does not let the rule in */
  invokeAsync(functionArn: string, payload: string, ruleArn: string): void;
  sendMessage(queueUrl: string, body: string): void;
  queueArn(queueUrl: string): string;
  publish(topic: string, payload: Buffer, qos: 0 | 1): Promise<void>;
  topicArn(topic: string): string;
}

/** One action of a rule. It throws when AWS would hand the message to the error action. */
export interface Action {
  /** `KinesisAction`, as the error action names it. */
  readonly kind: string;
  readonly resource: string;
  run(payload: Buffer, message: Message): Promise<void>;
}

type Maker = (properties: Readonly<Record<string, unknown>>, ports: ActionPorts, ruleArn: string) => Action;

/** A kind of action is one entry here. */
const MAKERS: Readonly<Record<string, Maker>> = {
  Kinesis(properties, ports) {
    const { stream, roleArn } = { stream: asText(properties.StreamName), roleArn: asText(properties.RoleArn) };
    // Without a key IoT Core spreads the messages over the shards.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a substitution template of IoT Core
    const partitionKey = compileTemplate(asText(properties.PartitionKey, '${newuuid()}'));
    ports.assertAssumable(roleArn);
    return {
      kind: 'KinesisAction',
      resource: stream,
      async run(payload, message) {
        allow(ports, roleArn, 'kinesis:PutRecord', ports.streamArn(stream));
        ports.putRecord(stream, partitionKey(message), payload);
      },
    };
  },

  Lambda(properties, ports, ruleArn) {
    const functionArn = asText(properties.FunctionArn);
    return {
      kind: 'LambdaAction',
      resource: functionArn,
      run: async (payload) => ports.invokeAsync(functionArn, payload.toString(), ruleArn),
    };
  },

  S3(properties, ports) {
    const [bucket, roleArn] = [asText(properties.BucketName), asText(properties.RoleArn)];
    const key = compileTemplate(asText(properties.Key));
    ports.assertAssumable(roleArn);
    return {
      kind: 'S3Action',
      resource: bucket,
      async run(payload, message) {
        const objectKey = key(message);
        allow(ports, roleArn, 's3:PutObject', `arn:aws:s3:::${bucket}/${objectKey}`);
        await ports.putObject(bucket, objectKey, payload);
      },
    };
  },

  Sqs(properties, ports) {
    const [queueUrl, roleArn] = [asText(properties.QueueUrl), asText(properties.RoleArn)];
    const isBase64 = properties.UseBase64 === true;
    ports.assertAssumable(roleArn);
    return {
      kind: 'SqsAction',
      resource: queueUrl,
      async run(payload) {
        allow(ports, roleArn, 'sqs:SendMessage', ports.queueArn(queueUrl));
        ports.sendMessage(queueUrl, payload.toString(isBase64 ? 'base64' : 'utf8'));
      },
    };
  },

  Republish(properties, ports) {
    const roleArn = asText(properties.RoleArn);
    const topic = compileTemplate(asText(properties.Topic));
    const qos = asNumber(properties.Qos, 0) === 1 ? 1 : 0;
    ports.assertAssumable(roleArn);
    return {
      kind: 'RepublishAction',
      resource: asText(properties.Topic),
      async run(payload, message) {
        const to = topic(message);
        allow(ports, roleArn, 'iot:Publish', ports.topicArn(to));
        await ports.publish(to, payload, qos);
      },
    };
  },
};

function allow(ports: ActionPorts, roleArn: string, action: string, resource: string): void {
  const reason = ports.denied(roleArn, { action, resource });
  if (reason !== undefined) throw new Error(reason);
}

/**
 * @param action an entry of `TopicRulePayload.Actions`: `{Kinesis: {...}}`
 * @throws Error for a kind of action that the twin does not have, or a template that does not parse
 */
export function makeAction(action: unknown, ports: ActionPorts, ruleArn: string): Action {
  const [[kind, properties] = ['', {}]] = Object.entries(asRecord(action));
  const maker = MAKERS[kind];
  if (!maker) {
    throw new Error(
      `the rule action ${kind || JSON.stringify(action)} is unknown; the twin has ${Object.keys(MAKERS).join(', ')}`,
    );
  }
  return maker(asRecord(properties), ports, ruleArn);
}
