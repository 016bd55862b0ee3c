import { Logger } from '@aws-lambda-powertools/logger';
import { GrafanaClient } from '@aws-sdk/client-grafana';
import { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SSOAdminClient } from '@aws-sdk/client-sso-admin';
import type {
  CloudFormationCustomResourceEvent,
  CloudFormationCustomResourceResourcePropertiesCommon,
  Context,
} from 'aws-lambda';
import { type ProvisionProperties, readProperties } from './env.ts';
import { grafanaApi } from './grafana.ts';
import { type DashboardFile, provision } from './provision.ts';
import { managedWorkspace } from './workspace.ts';

/** Properties of ours are added to what CloudFormation passes itself. */
type Event = CloudFormationCustomResourceEvent<
  CloudFormationCustomResourceResourcePropertiesCommon & Partial<ProvisionProperties>
>;

const logger = new Logger({ serviceName: 'provision-dashboards' });
const s3 = new S3Client({});
const workspace = managedWorkspace({
  grafana: new GrafanaClient({}),
  sso: new SSOAdminClient({}),
  identityStore: new IdentitystoreClient({}),
});

/** A custom resource of CloudFormation: does the work, then tells the stack how it went, whatever happened. */
export async function handler(event: Event, context: Context): Promise<void> {
  logger.addContext(context);
  const failure = await attempt(event);
  if (failure) logger.error('the dashboards are not provisioned', failure);
  await answer(event, failure);
}

async function attempt(event: Event): Promise<Error | undefined> {
  // The workspace goes with its stack, and all that is in it.
  if (event.RequestType === 'Delete') return undefined;
  try {
    await provision(readProperties(event.ResourceProperties), {
      workspace,
      grafana: (endpoint, token) => grafanaApi(`https://${endpoint}`, token),
      read,
    });
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

async function read({ bucket, key }: DashboardFile): Promise<unknown> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return JSON.parse((await Body?.transformToString()) ?? '');
}

async function answer(event: Event, failure: Error | undefined): Promise<void> {
  const body = JSON.stringify({
    Status: failure ? 'FAILED' : 'SUCCESS',
    // The stack's events show this to whoever deploys.
    Reason: failure?.message ?? '',
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    PhysicalResourceId: 'nsmon-dashboards',
  });
  const response = await fetch(event.ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' } });
  if (!response.ok) throw new Error(`CloudFormation answered ${response.status} to the outcome of ${event.RequestId}`);
}
