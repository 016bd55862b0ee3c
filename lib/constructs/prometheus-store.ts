import { CfnWorkspace } from 'aws-cdk-lib/aws-aps';
import { Construct } from 'constructs';
import type { Environment } from '../environments.ts';
import { namesOf } from '../names.ts';
import type { MetricStore, StoreVariables } from './metric-store.ts';
import { allow, type Permission } from './permissions.ts';
import { keep } from './removal.ts';

/** Amazon Managed Service for Prometheus: open to every account, serverless, no VPC. */
export class PrometheusStore extends Construct implements MetricStore {
  readonly kind = 'prometheus';
  readonly variables: StoreVariables;
  readonly #workspaceArn: string;

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const workspace = new CfnWorkspace(this, 'Workspace', {
      alias: namesOf(environment.name).database,
      workspaceConfiguration: {
        retentionPeriodInDays: environment.rollupRetentionDays,
        // What an agent kept on disk while it was offline comes late; 10 minutes is the most that is accepted.
        outOfOrderTimeWindowInSeconds: 600,
      },
    });
    keep(workspace, environment);
    this.#workspaceArn = workspace.attrArn;
    this.variables = {
      METRIC_STORE: this.kind,
      TIMESTREAM_DATABASE: '',
      TIMESTREAM_TABLE: '',
      TIMESTREAM_ROLLUP_TABLE: '',
      PROMETHEUS_ENDPOINT: workspace.attrPrometheusEndpoint,
    };
  }

  writePermissions(): readonly Permission[] {
    return [allow(['aps:RemoteWrite'], [this.#workspaceArn])];
  }

  readPermissions(): readonly Permission[] {
    return [
      allow(['aps:QueryMetrics', 'aps:GetLabels', 'aps:GetSeries', 'aps:GetMetricMetadata'], [this.#workspaceArn]),
    ];
  }
}
