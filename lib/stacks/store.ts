import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { MetricStore } from '../constructs/metric-store.ts';
import { PrometheusStore } from '../constructs/prometheus-store.ts';
import { TimestreamStore } from '../constructs/timestream-store.ts';
import type { Environment } from '../environments.ts';

export interface StoreStackProps extends StackProps {
  readonly environment: Environment;
}

/** The metric store alone: an account to which Timestream is closed loses this stack only, and chooses the other store. */
export class StoreStack extends Stack {
  readonly store: MetricStore;

  constructor(scope: Construct, id: string, { environment, ...props }: StoreStackProps) {
    super(scope, id, props);
    this.store =
      environment.metricStore === 'timestream'
        ? new TimestreamStore(this, 'Timestream', environment)
        : new PrometheusStore(this, 'Prometheus', environment);
    new CfnOutput(this, 'MetricStore', { value: this.store.kind });
    // The workspace has a number of its own in its address; Timestream's tables are found by their names.
    if (this.store.kind === 'prometheus') {
      new CfnOutput(this, 'PrometheusEndpoint', { value: this.store.variables.PROMETHEUS_ENDPOINT });
    }
  }
}
