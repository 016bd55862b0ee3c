import { join } from 'node:path';
import { createAwsEndpoint } from './aws/endpoint.ts';
import type { Faults } from './aws/faults.ts';
import type { Place } from './aws/service.ts';
import { type Credentials, createIam } from './iam/iam.ts';
import { createInbox, type Inbox } from './inbox/inbox.ts';
import { refusal } from './iot/authorizer.ts';
import { type Broker, type Published, startBroker } from './iot/broker.ts';
import { ThingRegistry } from './iot/things.ts';
import type { FunctionFaults } from './lambda/function.ts';
import type { InvocationResult } from './lambda/runtime-api.ts';
import { LogBook, type LogLine } from './log-book.ts';
import { type MetricStoreAccess, metricStoreOf } from './metric-store.ts';
import { connectChannels } from './operator.ts';
import { type KeyFiles, openPki } from './pki/pki.ts';
import { assertTypesKnown, provisionerOf } from './resources.ts';
import { createServices, type Services } from './services.ts';
import { type Clock, systemClock } from './stepfunctions/clock.ts';
import { loadAssembly } from './template/assembly.ts';
import { type Deployment, deploy } from './template/deploy.ts';

export type { MetricStoreAccess } from './metric-store.ts';

export interface TwinOptions {
  /** A cloud assembly: what `prepareAssembly` or `cdk synth` made. */
  readonly assemblyDir: string;
  /** Certificates are kept here between runs. */
  readonly dataDir: string;
  readonly log?: (line: LogLine) => void;
  /** Of the AWS endpoint and of the broker; any free ones unless given. */
  readonly httpPort?: number;
  readonly mqttPort?: number;
  /** The Node that runs the functions; this one unless given. */
  readonly nodePath?: string;
  readonly clock?: Clock;
  /** Functions, by their short names, whose first process is started at once. */
  readonly warm?: readonly string[];
}

/** A device's way in: give these to its MQTT client. */
export interface IssuedThing extends KeyFiles {
  readonly thingName: string;
  readonly mqttHost: string;
  readonly mqttPort: number;
}

export interface TwinFaults {
  /** Errors that the AWS endpoint answers with: `aws.next('timestream', 'WriteRecords', {...})`. */
  readonly aws: Faults;
  /** @returns tells what has not happened yet */
  lambda(functionName: string, faults: FunctionFaults): () => Required<FunctionFaults>;
  readonly broker: Pick<Broker, 'goDown' | 'comeUp'>;
}

/** The deployed system on this machine. Functions are named by their whole name or its end: `ingest`. */
export interface Twin {
  readonly place: Place;
  /** `AWS_ENDPOINT_URL` for SDK clients, with keys that may do everything. */
  readonly endpoint: string;
  readonly credentials: Credentials;
  readonly mqttPort: number;
  readonly counts: { readonly functions: number; readonly rules: number; readonly tables: number };
  /** From the call of `startTwin` until it was ready. */
  readonly readyMs: number;
  /** Stack name to output name to value. */
  readonly outputs: Deployment['outputs'];
  readonly deployment: Deployment;
  readonly services: Services;
  readonly store: MetricStoreAccess;
  readonly inbox: Inbox;
  readonly faults: TwinFaults;
  readonly logs: LogBook;
  /** `http://127.0.0.1:PORT/`. */
  functionUrl(functionName: string): string;
  /** Registers a thing, or changes its attributes, and gives it a certificate. */
  issueThing(thingName: string, attributes?: Readonly<Record<string, string>>): Promise<IssuedThing>;
  invoke(functionName: string, payload: unknown): Promise<InvocationResult>;
  /** Fires a schedule once, now; by its name, or the beginning of its logical id: `EveryMinute`. */
  runSchedule(name: string): Promise<void>;
  /** Publishes as the cloud. */
  publish(topic: string, payload: Buffer): Promise<void>;
  /** Calls back with everything that things and the cloud publish. @returns a function that ends it */
  onPublished(listener: (message: Published) => void): () => void;
  /** Client ids of the things that are connected. */
  readonly connected: ReadonlySet<string>;
  stop(): Promise<void>;
}

const ACCOUNT = '123456789012';
const REGION = 'us-east-1';

/**
 * Starts the system that an assembly describes, and nothing that it does not describe.
 * @throws UserError when the template is wrong or has something that the twin does not stand in for
 */
export async function startTwin(options: TwinOptions): Promise<Twin> {
  const startedAt = performance.now();
  const { clock = systemClock } = options;
  const logs = new LogBook(() => clock.now(), options.log ?? (() => {}));

  // What there is to run.
  const { stacks, assets } = await loadAssembly(options.assemblyDir);
  assertTypesKnown(stacks);

  // Whom everybody asks and where everybody calls.
  const iam = createIam({ accountId: ACCOUNT });
  const [endpoint, inbox, pki] = await Promise.all([
    createAwsEndpoint({
      authorize: iam.authorize,
      onDefect: (message) => logs.write('endpoint', message),
      ...(options.httpPort !== undefined && { port: options.httpPort }),
    }),
    createInbox(),
    openPki(join(options.dataDir, 'pki'), clock.now()),
  ]);
  const place: Place = { accountId: ACCOUNT, region: REGION, endpoint: endpoint.url };
  const registry = new ThingRegistry();
  const listeners = new Set<(message: Published) => void>();

  let broker: Broker | undefined;
  const theBroker = (): Broker => {
    if (!broker) throw new Error('the broker has not started');
    return broker;
  };
  const services = await createServices({
    endpoint,
    place,
    iam,
    inbox,
    registry,
    broker: theBroker,
    clock,
    logs,
    nodePath: options.nodePath ?? process.execPath,
    assets,
  });

  async function stop(): Promise<void> {
    services.scheduler.stop();
    services.kinesis.stop();
    await broker?.stop();
    // Before what they call, so that no handler sees its services go.
    await services.lambda.stop();
    await services.stepFunctions.engine.close();
    await Promise.all([endpoint.close(), inbox.close()]);
  }

  try {
    // The template, made real.
    const deployment = await deploy(stacks, (type) => provisionerOf(type, services.provisioners, place), place);
    connectChannels(deployment, services, inbox, assets.values());
    const store = metricStoreOf(deployment, services);
    registry.policiesOfThings();

    // Doors open last: from here on messages come.
    broker = await startBroker({
      pki,
      ...(options.mqttPort !== undefined && { port: options.mqttPort }),
      refuse: (request) => refusal(registry, request, (resource) => `arn:aws:iot:${REGION}:${ACCOUNT}:${resource}`),
      onPublished(message) {
        for (const listener of listeners) listener(message);
        services.rules.accept(message);
      },
      log: (line) => logs.write('broker', line),
    });
    services.kinesis.start();
    services.scheduler.start();
    const { lambda } = services;
    const functionNamed = (name: string) => wholeName(lambda.names, name);
    await lambda.warm((options.warm ?? []).map(functionNamed));

    const count = (type: RegExp) => deployment.resources.filter((resource) => type.test(resource.type)).length;
    const mqttPort = broker.port;
    return {
      place,
      endpoint: endpoint.url,
      credentials: iam.operator,
      mqttPort,
      counts: {
        functions: lambda.names.length,
        rules: services.rules.size,
        tables: count(/^AWS::(DynamoDB|Timestream)::Table$/),
      },
      readyMs: Math.round(performance.now() - startedAt),
      outputs: deployment.outputs,
      deployment,
      services,
      store,
      inbox,
      faults: {
        aws: endpoint.faults,
        lambda: (name, faults) => lambda.order(functionNamed(name), faults),
        broker: { goDown: () => theBroker().goDown(), comeUp: () => theBroker().comeUp() },
      },
      logs,
      connected: broker.connected,
      functionUrl: (name) => lambda.url(functionNamed(name)),
      async issueThing(thingName, attributes = {}) {
        registry.put(thingName, attributes);
        return { thingName, mqttHost: '127.0.0.1', mqttPort, ...(await pki.issue(thingName)) };
      },
      invoke: (name, payload) => lambda.invoke(functionNamed(name), JSON.stringify(payload)),
      runSchedule: (name) => services.scheduler.run(name),
      publish: (topic, payload) => theBroker().publish(topic, payload, 1),
      onPublished(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @throws Error unless exactly one function has this name, or ends with it after a dash */
function wholeName(names: readonly string[], name: string): string {
  if (names.includes(name)) return name;
  const found = names.filter((one) => one.endsWith(`-${name}`));
  if (found.length === 1) return found[0]!;
  throw new Error(`there is no function ${name}; there are ${names.join(', ')}`);
}
