import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnOutput, CustomResource, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { buildDashboards } from '../../dashboards/build.ts';
import { PUBLISH_INTERVAL_MS } from '../../dashboards/macros.ts';
import { DATASOURCE_TYPE } from '../../dashboards/store.ts';
import type { DataSource, Provision, ProvisionProperties } from '../../lambdas/provision-dashboards/env.ts';
import { MonitorFunction } from '../constructs/function.ts';
import { GrafanaWorkspace } from '../constructs/grafana-workspace.ts';
import type { MetricStore } from '../constructs/metric-store.ts';
import type { OperationsTopic } from '../constructs/operations-topic.ts';
import { PathAlarms } from '../constructs/path-alarms.ts';
import { allow } from '../constructs/permissions.ts';
import type { Environment } from '../environments.ts';

export interface DashboardsStackProps extends StackProps {
  readonly environment: Environment;
  /** What was built; the dashboards are written there too. */
  readonly builtDir: string;
  readonly store: MetricStore;
  readonly operations: OperationsTopic;
}

/** Uid of the metric store in Grafana: the same for either store, so that links to a panel stay. */
const STORE_UID = 'nsmon-store';
const FOLDER = { uid: 'nsmon', title: 'NeuraScale Monitor' };

/** Grafana with its data sources and dashboards, and a group that may enter. */
export class DashboardsStack extends Stack {
  constructor(scope: Construct, id: string, props: DashboardsStackProps) {
    const { environment, builtDir, store, operations, ...stackProps } = props;
    super(scope, id, stackProps);
    const grafana = new GrafanaWorkspace(this, 'Grafana', environment, store);
    const dashboards = this.#dashboards(store, join(builtDir, 'dashboards', environment.name, store.kind));
    const provisioning = this.#provisioning(environment, join(builtDir, 'lambdas'), grafana, dashboards);

    const wanted: Provision = {
      workspaceId: grafana.workspaceId,
      endpoint: grafana.endpoint,
      adminGroup: environment.grafanaAdminGroup,
      folder: FOLDER,
      dataSources: [this.#storeSource(store), this.#cloudWatchSource()],
      dashboards: [...dashboards].map(([uid, asset]) => ({ uid, bucket: asset.s3BucketName, key: asset.s3ObjectKey })),
    };
    const properties: ProvisionProperties = { Provision: this.toJsonString(wanted) };
    const provisioned = new CustomResource(this, 'Provisioned', {
      resourceType: 'Custom::NsmonDashboards',
      serviceToken: provisioning.lambda.functionArn,
      serviceTimeout: Duration.minutes(6),
      properties,
    });
    provisioned.node.addDependency(provisioning.role);

    const alarms = new PathAlarms(this, 'Alarms');
    alarms.watchFunction(provisioning);
    alarms.notify(operations.topic, `nsmon-${environment.name}-dashboards`, 'The dashboards could not be provisioned.');
    new CfnOutput(this, 'GrafanaUrl', { value: `https://${grafana.endpoint}` });
  }

  /** One asset a dashboard: its key changes with its content, which is what provisions it again. */
  #dashboards({ kind, variables }: MetricStore, directory: string): Map<string, Asset> {
    mkdirSync(directory, { recursive: true });
    const source = { databaseName: variables.TIMESTREAM_DATABASE, datasourceUid: STORE_UID };
    return new Map(
      buildDashboards(kind, source).map(({ uid, json }) => {
        const path = join(directory, `${uid}.json`);
        writeFileSync(path, JSON.stringify(json));
        return [uid, new Asset(this, `Dashboard-${uid}`, { path })];
      }),
    );
  }

  #provisioning(
    environment: Environment,
    functionsDir: string,
    grafana: GrafanaWorkspace,
    dashboards: ReadonlyMap<string, Asset>,
  ): MonitorFunction<Record<never, string>> {
    return new MonitorFunction(this, 'Provisioning', {
      name: 'provision-dashboards',
      description: 'Puts data sources and dashboards into Grafana and lets a group in',
      environment,
      functionsDir,
      timeoutSeconds: 300,
      memoryMb: 256,
      variables: {},
      permissions: [
        allow(
          [
            'grafana:UpdatePermissions',
            'grafana:CreateWorkspaceServiceAccount',
            'grafana:CreateWorkspaceServiceAccountToken',
            'grafana:DeleteWorkspaceServiceAccount',
            'grafana:ListWorkspaceServiceAccounts',
          ],
          [grafana.arn],
        ),
        allow(
          ['sso:ListInstances', 'identitystore:GetGroupId'],
          ['*'],
          'the identity store is found only by asking, and a group has no ARN before its name is looked up',
        ),
        allow(
          ['s3:GetObject'],
          [...dashboards.values()].map(({ bucket, s3ObjectKey }) => bucket.arnForObjects(s3ObjectKey)),
        ),
      ],
    });
  }

  #storeSource({ kind, variables }: MetricStore): DataSource {
    const common = { uid: STORE_UID, type: DATASOURCE_TYPE[kind], isDefault: true };
    return kind === 'timestream'
      ? {
          ...common,
          name: 'Metrics (Timestream)',
          jsonData: {
            authType: 'ec2_iam_role',
            defaultRegion: this.region,
            defaultDatabase: `"${variables.TIMESTREAM_DATABASE}"`,
            defaultTable: `"${variables.TIMESTREAM_TABLE}"`,
          },
        }
      : {
          ...common,
          name: 'Metrics (Prometheus)',
          url: variables.PROMETHEUS_ENDPOINT,
          jsonData: {
            httpMethod: 'POST',
            sigV4Auth: true,
            sigV4AuthType: 'ec2_iam_role',
            sigV4Region: this.region,
            // What $__rate_interval is made of.
            timeInterval: `${PUBLISH_INTERVAL_MS / 1000}s`,
          },
        };
  }

  #cloudWatchSource(): DataSource {
    return {
      uid: 'nsmon-cloudwatch',
      name: 'CloudWatch',
      type: 'cloudwatch',
      isDefault: false,
      jsonData: { authType: 'ec2_iam_role', defaultRegion: this.region },
    };
  }
}
