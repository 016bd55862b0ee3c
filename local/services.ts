import { type CloudWatch, createCloudWatch } from './aws/cloudwatch.ts';
import { createDynamoDb } from './aws/dynamodb.ts';
import type { AwsEndpoint } from './aws/endpoint.ts';
import { createIot } from './aws/iot.ts';
import { createIotData } from './aws/iotdata.ts';
import { createPrometheus, type Prometheus } from './aws/prometheus.ts';
import { createS3, type S3 } from './aws/s3.ts';
import { createSecretsManager, type SecretsManager } from './aws/secretsmanager.ts';
import type { Place, Provisioners } from './aws/service.ts';
import { createSes } from './aws/ses.ts';
import { createSns, type Sns } from './aws/sns.ts';
import { createSqs, type Sqs } from './aws/sqs.ts';
import { createSts } from './aws/sts.ts';
import { createTimestream, type Timestream } from './aws/timestream.ts';
import { destinations, type Send } from './destinations.ts';
import type { Iam } from './iam/iam.ts';
import type { Inbox } from './inbox/inbox.ts';
import type { ActionPorts } from './iot/actions.ts';
import type { Broker } from './iot/broker.ts';
import { iotProvisioners } from './iot/provisioners.ts';
import { RulesEngine } from './iot/rules.ts';
import type { ThingRegistry } from './iot/things.ts';
import { createKinesis, type Kinesis } from './kinesis/kinesis.ts';
import { Lambda } from './lambda/lambda.ts';
import { lambdaProvisioners } from './lambda/provisioners.ts';
import type { LogBook } from './log-book.ts';
import { createScheduler, type Scheduler } from './scheduler/scheduler.ts';
import { createStepFunctions, type StepFunctionsService } from './stepfunctions/api.ts';
import type { Clock } from './stepfunctions/clock.ts';

export interface ServicesOptions {
  readonly endpoint: AwsEndpoint;
  readonly place: Place;
  readonly iam: Iam;
  readonly inbox: Inbox;
  readonly registry: ThingRegistry;
  /** Asked when something is published: the broker starts after the services. */
  readonly broker: () => Broker;
  readonly clock: Clock;
  readonly logs: LogBook;
  readonly nodePath: string;
  readonly assets: ReadonlyMap<string, string>;
}

/** Every AWS service of the twin, each wired to those it calls. */
export interface Services {
  readonly provisioners: Provisioners;
  readonly lambda: Lambda;
  readonly kinesis: Kinesis;
  readonly scheduler: Scheduler;
  readonly rules: RulesEngine;
  readonly stepFunctions: StepFunctionsService;
  readonly timestream: Timestream;
  readonly prometheus: Prometheus;
  readonly cloudWatch: CloudWatch;
  readonly s3: S3;
  readonly sns: Sns;
  readonly sqs: Sqs;
  readonly secrets: SecretsManager;
}

/** Makes the services and puts those with an API of their own behind the endpoint. */
export async function createServices(options: ServicesOptions): Promise<Services> {
  const { endpoint, place, iam, inbox, registry, broker, clock, logs, nodePath, assets } = options;
  const now = () => clock.now();
  const timestream = await createTimestream(place, now);
  const dynamoDb = await createDynamoDb(place);
  const prometheus = createPrometheus(place, now);
  const cloudWatch = createCloudWatch(now);
  const s3 = createS3(place, now);
  const secrets = createSecretsManager(place, now);
  const sqs = createSqs(place, now);

  const lambda: Lambda = new Lambda({
    place,
    iam,
    clock,
    nodePath,
    log(functionName, line) {
      logs.write(functionName, line);
      cloudWatch.ingestEmf(line);
    },
    send: (...sent) => send(...sent),
  });
  const sns = createSns(place, {
    deliver: inbox.deliver,
    invokeLambda: async (functionArn, event) => lambda.invokeAsync(functionArn, JSON.stringify(event)),
    enqueue: sqs.enqueue,
    onDeliveryFailed: (message) => logs.write('sns', message),
  });
  const send: Send = destinations({ iam, sqs, sns, invokeAsync: (id, payload) => lambda.invokeAsync(id, payload) });

  const stepFunctions = createStepFunctions({
    place,
    clock,
    ports: {
      async invokeLambda(functionName, payload) {
        const { payload: answer, functionError } = await lambda.invoke(functionName, JSON.stringify(payload));
        return { payload: JSON.parse(answer) as unknown, ...(functionError && { functionError }) };
      },
      publish: sns.publish,
      denied: iam.denied,
    },
  });
  const kinesis = createKinesis({ place, iam, lambda, clock, send, log: (source, line) => logs.write(source, line) });
  const scheduler = createScheduler({
    place,
    iam,
    lambda,
    clock,
    send,
    log: (line) => logs.write('scheduler', line),
  });

  const rules = new RulesEngine({ accountId: place.accountId, nowMs: now, log: (line) => logs.write('rules', line) });
  const publish: Broker['publish'] = (...message) => broker().publish(...message);
  const actionPorts: ActionPorts = {
    denied: iam.denied,
    assertAssumable: (roleArn) => iam.assertAssumable(roleArn, 'iot.amazonaws.com'),
    streamArn: (name) => kinesis.stream(name).arn,
    putRecord: (name, partitionKey, data) => void kinesis.stream(name).put(partitionKey, data, now()),
    putObject: s3.put,
    queueArn: (url) => `arn:aws:sqs:${place.region}:${place.accountId}:${url.split('/').at(-1)}`,
    sendMessage: sqs.enqueue,
    publish,
    topicArn: (topic) => `arn:aws:iot:${place.region}:${place.accountId}:topic/${topic}`,
    invokeAsync(functionArn, payload, ruleArn) {
      const caller = { principal: 'iot.amazonaws.com', sourceArn: ruleArn, accountId: place.accountId };
      if (!lambda.permissions.allows(functionArn, 'lambda:InvokeFunction', caller)) {
        throw new Error(`${ruleArn} may not invoke ${functionArn}: no permission of the function lets it in`);
      }
      lambda.invokeAsync(functionArn, payload);
    },
  };

  endpoint.use(
    timestream.service,
    dynamoDb.service,
    prometheus.service,
    cloudWatch.service,
    s3.service,
    secrets.service,
    sqs.service,
    sns.service,
    createSes(place, (to, subject, text, html) => inbox.deliver('email', to, subject, text, html)),
    lambda.service,
    stepFunctions.service,
    createIot(place, { describeThing: (name) => registry.get(name), dataEndpoint: '127.0.0.1' }),
    createIotData(place, publish),
    createSts(place, iam.ownerOf),
  );

  const provisioners: Provisioners = {
    ...iam.provisioners,
    ...timestream.provisioners,
    ...dynamoDb.provisioners,
    ...prometheus.provisioners,
    ...s3.provisioners,
    ...secrets.provisioners,
    ...sqs.provisioners,
    ...sns.provisioners,
    ...stepFunctions.provisioners,
    ...lambdaProvisioners(lambda, place, iam, assets),
    ...kinesis.provisioners,
    ...scheduler.provisioners,
    ...iotProvisioners(place, registry, rules, actionPorts),
  };
  return {
    provisioners,
    lambda,
    kinesis,
    scheduler,
    rules,
    stepFunctions,
    timestream,
    prometheus,
    cloudWatch,
    s3,
    sns,
    sqs,
    secrets,
  };
}
