import type { IngestEnv } from '../../lambdas/ingest/env.ts';
import type { MetricStoreKind } from '../environments.ts';
import type { Permission } from './permissions.ts';

export type StoreVariables = Pick<
  Record<keyof IngestEnv, string>,
  'METRIC_STORE' | 'TIMESTREAM_DATABASE' | 'TIMESTREAM_TABLE' | 'TIMESTREAM_ROLLUP_TABLE' | 'PROMETHEUS_ENDPOINT'
>;

/** Where series go: what a writer and a reader need to know and to be allowed. */
export interface MetricStore {
  readonly kind: MetricStoreKind;
  readonly variables: StoreVariables;
  writePermissions(): readonly Permission[];
  readPermissions(): readonly Permission[];
}
