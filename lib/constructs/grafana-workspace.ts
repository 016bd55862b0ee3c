import { Stack } from 'aws-cdk-lib';
import { CfnWorkspace } from 'aws-cdk-lib/aws-grafana';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Environment } from '../environments.ts';
import { namesOf } from '../names.ts';
import type { MetricStore } from './metric-store.ts';
import { allow, grantTo } from './permissions.ts';
import { keep } from './removal.ts';

/** The version our dashboards are made for; CloudFormation can raise it and never lower it. */
const GRAFANA_VERSION = '12.4';

/** Amazon Managed Grafana, entered through IAM Identity Center, reading with a role that may only read. */
export class GrafanaWorkspace extends Construct {
  readonly workspaceId: string;
  readonly endpoint: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, environment: Environment, store: MetricStore) {
    super(scope, id);
    const stack = Stack.of(this);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('grafana.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
    });
    grantTo(role, [
      ...store.readPermissions(),
      allow(
        ['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics', 'cloudwatch:DescribeAlarms'],
        ['*'],
        'reading metrics knows no resources',
      ),
    ]);
    const workspace = new CfnWorkspace(this, 'Workspace', {
      name: namesOf(environment.name).grafana,
      description: `NeuraScale Monitor ${environment.name}`,
      accountAccessType: 'CURRENT_ACCOUNT',
      authenticationProviders: ['AWS_SSO'],
      permissionType: 'CUSTOMER_MANAGED',
      grafanaVersion: GRAFANA_VERSION,
      // From version 10 on, the plugins of the stores are installed by whoever provisions the data sources.
      pluginAdminEnabled: true,
      roleArn: role.roleArn,
    });
    keep(workspace, environment);
    this.workspaceId = workspace.attrId;
    this.endpoint = workspace.attrEndpoint;
    this.arn = stack.formatArn({ service: 'grafana', resource: '/workspaces', resourceName: workspace.attrId });
  }
}
