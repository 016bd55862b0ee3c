import { type CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Kpi } from './kpis.ts';

/** Publishes key figures as statistic sets of their minute, in one call. */
export function cloudWatchKpis(client: CloudWatchClient, namespace: string, environment: string) {
  return async (kpis: readonly Kpi[]): Promise<void> => {
    if (kpis.length === 0) return;
    await client.send(
      new PutMetricDataCommand({
        Namespace: namespace,
        MetricData: kpis.map((kpi) => ({
          MetricName: kpi.name,
          Unit: kpi.unit,
          Timestamp: new Date(kpi.minuteMs),
          Dimensions: [{ Name: 'Environment', Value: environment }],
          StatisticValues: { SampleCount: kpi.count, Sum: kpi.sum, Minimum: kpi.min, Maximum: kpi.max },
        })),
      }),
    );
  };
}
