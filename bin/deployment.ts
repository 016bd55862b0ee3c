import path from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { UserError } from '../core/user-error.ts';
import { environments } from '../lib/environments.ts';
import { namesOf } from '../lib/names.ts';
import { type RunningTwin, runningTwins } from '../local/running-twin.ts';

/** Options of every command that talks to a deployment: spread them into `readOptions`. */
export const DEPLOYMENT_OPTIONS = {
  twin: { type: 'boolean' },
  env: { type: 'string' },
  region: { type: 'string' },
} as const;

/** Their lines for `--help`. */
export const DEPLOYMENT_HELP = `  --twin             the twin that runs on this machine; the default
  --env NAME         dev, staging or prod on AWS, with the credentials that the AWS CLI would use
  --region REGION    of that deployment; default: AWS_REGION, or the region of the profile`;

export interface DeploymentChoice {
  readonly twin?: boolean;
  readonly env?: string;
  readonly region?: string;
}

/** What any client of the AWS SDK takes, to talk to this deployment. */
export interface ClientConfig {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export type DeployedStore =
  | { readonly kind: 'timestream'; readonly database: string; readonly table: string; readonly rollupTable: string }
  /** `endpoint` is the workspace's address, with a slash at its end. */
  | { readonly kind: 'prometheus'; readonly endpoint: string };

/** A deployment, as a command talks to it. */
export interface FoundDeployment {
  readonly kind: 'twin' | 'aws';
  readonly environment: string;
  /** For people: `the twin of process 4711 on this machine`, `dev in eu-central-1`. */
  readonly describe: string;
  readonly client: ClientConfig;
  readonly dynamo: DynamoDBClient;
  readonly alertsTable: string;
  readonly store: DeployedStore;
  /** @throws UserError when the deployment has no such output */
  output(name: string): string;
  /** Only of a twin. */
  readonly webUrl?: string;
  readonly agentStatusUrl?: string;
}

const CACHE = path.resolve(import.meta.dirname, '../.nsmon');
const STACKS = ['store', 'ingest', 'alerting', 'edge'];
/** Somebody waits in front of it. */
const LIMITS = { maxAttempts: 2, requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000 } };

/**
 * Finds what a command is to talk to: the running twin, or an environment on AWS.
 * @param cacheDir where running twins announce themselves
 * @throws UserError saying what to do when there is none
 */
export async function findDeployment(choice: DeploymentChoice, cacheDir = CACHE): Promise<FoundDeployment> {
  const { twin, env, region } = choice;
  if (twin && env !== undefined) throw new UserError('--twin and --env exclude each other: leave out one of the two');
  if (env !== undefined) return onAws(env, region);
  if (region !== undefined) throw new UserError('--region is for --env; a twin runs on this machine');
  for (const one of runningTwins(cacheDir)) if (await answers(one)) return onTwin(one);
  throw new UserError(
    'no twin runs on this machine; start one in another terminal with npm start, or say which deployment on AWS is meant: --env dev, --env staging or --env prod',
  );
}

/** A process may have got the number of one that was killed: then nothing listens where its twin did. */
async function answers({ endpoint }: RunningTwin): Promise<boolean> {
  return fetch(endpoint, { signal: AbortSignal.timeout(2000) }).then(
    () => true,
    () => false,
  );
}

function onTwin({ pid, region, endpoint, credentials, environment, outputs, ...rest }: RunningTwin): FoundDeployment {
  const client = { region, endpoint, credentials };
  const describe = `the twin of process ${pid} on this machine`;
  const { webUrl, agentStatusUrl } = rest;
  return {
    kind: 'twin',
    ...found(environment, describe, client, new Map(Object.entries(outputs))),
    webUrl,
    agentStatusUrl,
  };
}

async function onAws(env: string, region: string | undefined): Promise<FoundDeployment> {
  const name = Object.values(environments).find((one) => one.name === env)?.name;
  if (name === undefined) {
    throw new UserError(`--env is "${env}"; the environments are ${Object.keys(environments).join(', ')}`);
  }
  const client = { ...(region === undefined ? {} : { region }), ...LIMITS };
  const cloudFormation = new CloudFormationClient(client);
  const stacks = STACKS.map((stack) => namesOf(name).stack(stack));
  const outputs = new Map((await Promise.all(stacks.map((stack) => outputsOf(cloudFormation, stack)))).flat());
  const where = await cloudFormation.config.region();
  return { kind: 'aws', ...found(name, `${name} in ${where}`, { ...client, region: where }, outputs) };
}

async function outputsOf(client: CloudFormationClient, stackName: string): Promise<[string, string][]> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    return (Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
  } catch (error) {
    const { name, message } = error as Error;
    if (/Region is missing/.test(message)) {
      throw new UserError('no AWS region is chosen: give --region, or set AWS_REGION');
    }
    if (/does not exist/.test(message)) {
      const where = await client.config.region();
      throw new UserError(`the stack ${stackName} is not deployed in ${where}: give its --region, or deploy it first`);
    }
    if (name === 'CredentialsProviderError') {
      throw new UserError('there are no AWS credentials: sign in (aws sso login, or AWS_PROFILE)');
    }
    throw new UserError(`AWS does not tell about the stack ${stackName}: ${name}: ${message}`);
  }
}

function found(environment: string, describe: string, client: ClientConfig, outputs: ReadonlyMap<string, string>) {
  const output = (name: string): string => {
    const value = outputs.get(name);
    if (value !== undefined) return value;
    throw new UserError(`${describe} has no output ${name}: it was deployed by another version; deploy it again`);
  };
  return {
    environment,
    describe,
    client,
    dynamo: new DynamoDBClient(client),
    alertsTable: output('AlertsTableName'),
    store: storeOf(environment, output),
    output,
  };
}

function storeOf(environment: string, output: (name: string) => string): DeployedStore {
  if (output('MetricStore') === 'prometheus') return { kind: 'prometheus', endpoint: output('PrometheusEndpoint') };
  const { database, metricsTable, rollupTable } = namesOf(environment as keyof typeof environments);
  return { kind: 'timestream', database, table: metricsTable, rollupTable };
}
