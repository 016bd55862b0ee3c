import { TimestreamWriteClient } from '@aws-sdk/client-timestream-write';
import type { MetricStore } from '../shared/stores/metric-store.ts';
import { prometheusStore } from '../shared/stores/prometheus.ts';
import { timestreamStore } from '../shared/stores/timestream.ts';
import type { IngestEnv } from './env.ts';

/** The store that the environment chose. The credentials of the function's role serve both. */
export function openStore(env: IngestEnv, nowMs: () => number, traced: <T>(client: T) => T): MetricStore {
  if (env.METRIC_STORE === 'timestream') {
    return timestreamStore(traced(new TimestreamWriteClient({})), {
      database: env.TIMESTREAM_DATABASE,
      points: env.TIMESTREAM_TABLE,
      rollups: env.TIMESTREAM_ROLLUP_TABLE,
    });
  }
  return prometheusStore({
    endpoint: env.PROMETHEUS_ENDPOINT,
    region: process.env.AWS_REGION ?? 'us-east-1',
    credentials: lambdaCredentials,
    nowMs,
  });
}

/** Lambda renews the credentials of a running instance by replacing it, so reading them at each use suffices. */
async function lambdaCredentials() {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: AWS_SECRET_ACCESS_KEY ?? '',
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  };
}
