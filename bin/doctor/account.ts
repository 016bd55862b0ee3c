import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListInstancesCommand, SSOAdminClient } from '@aws-sdk/client-sso-admin';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { DescribeEndpointsCommand, TimestreamWriteClient } from '@aws-sdk/client-timestream-write';
import { type StoreCost, storeCosts } from './costs.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const FLEET = { devices: 100, seriesPerDevice: 40, intervalSeconds: 10 };
/** A check that gets no answer says so instead of hanging. */
const limits = { maxAttempts: 2, requestHandler: { connectionTimeout: 3000, requestTimeout: 5000 } };

/** What a deploy needs of the AWS account whose credentials are at hand. One finding a question. */
export async function examineAccount(region: string | undefined): Promise<Finding[]> {
  const costs = storeCosts(FLEET).map(costFinding);
  const identity = await callerIdentity(region ?? 'us-east-1');
  if ('finding' in identity) return [identity.finding, ...costs];
  if (!region) {
    const chosen = 'set AWS_REGION, or a region in the AWS profile';
    return [identity.account, problem('no region is chosen', chosen), ...costs];
  }
  return [
    identity.account,
    ok(`region ${region}`),
    ...(await Promise.all([bootstrap(region, identity.id), timestream(region), identityCenter(region)])),
    ...costs,
  ];
}

async function callerIdentity(region: string): Promise<{ account: Finding; id: string } | { finding: Finding }> {
  try {
    const { Account = 'unknown', Arn } = await new STSClient({ region, ...limits }).send(
      new GetCallerIdentityCommand({}),
    );
    return { id: Account, account: ok(`AWS account ${Account} as ${Arn}`) };
  } catch (error) {
    const name = (error as Error).name;
    if (name === 'CredentialsProviderError') {
      return {
        finding: warning(
          'no AWS credentials: only this machine was checked',
          'sign in (aws sso login, or AWS_PROFILE) to check the account',
        ),
      };
    }
    return { finding: problem(`AWS refused the credentials: ${name}: ${(error as Error).message}`, 'sign in again') };
  }
}

async function bootstrap(region: string, account: string): Promise<Finding> {
  try {
    await new CloudFormationClient({ region, ...limits }).send(new DescribeStacksCommand({ StackName: 'CDKToolkit' }));
    return ok('the CDK is bootstrapped');
  } catch (error) {
    return /does not exist/.test((error as Error).message)
      ? problem('the CDK is not bootstrapped', `run npx cdk bootstrap aws://${account}/${region}`)
      : cannotTell('whether the CDK is bootstrapped', error);
  }
}

/** New accounts are refused at every call, this one included, so asking for the endpoints tells without any cost. */
async function timestream(region: string): Promise<Finding> {
  try {
    await new TimestreamWriteClient({ region, ...limits }).send(new DescribeEndpointsCommand({}));
    return ok('Timestream for LiveAnalytics is open to this account: metricStore=timestream can be deployed');
  } catch (error) {
    return (error as Error).name === 'AccessDeniedException' && /existing/i.test((error as Error).message)
      ? warning(
          'Timestream for LiveAnalytics is closed to this account (AWS closed it to new customers on 2025-06-20)',
          'deploy with -c metricStore=prometheus',
        )
      : cannotTell('whether Timestream for LiveAnalytics is open to this account', error);
  }
}

async function identityCenter(region: string): Promise<Finding> {
  try {
    const { Instances = [] } = await new SSOAdminClient({ region, ...limits }).send(new ListInstancesCommand({}));
    return Instances.length > 0
      ? ok('IAM Identity Center is enabled: people can sign in to Managed Grafana')
      : problem(
          'IAM Identity Center is not enabled here, so nobody could open the dashboards',
          'enable it in the console, make a group, and name the group in lib/environments.ts',
        );
  } catch (error) {
    return cannotTell('whether IAM Identity Center is enabled', error);
  }
}

function cannotTell(question: string, error: unknown): Finding {
  const { name, message } = error as Error;
  return warning(`cannot tell ${question}: ${name}: ${message}`, 'ask with credentials that may read it');
}

function costFinding({ store, usdPerMonth, parts }: StoreCost): Finding {
  const named = Object.entries(parts).map(([part, usd]) => `${part} ${usd.toFixed(0)}`);
  const { devices, seriesPerDevice, intervalSeconds } = FLEET;
  return ok(
    `store ${store}: about $${usdPerMonth.toFixed(0)} a month for ${devices} devices of ${seriesPerDevice} series every ${intervalSeconds} s (${named.join(', ')})`,
  );
}
