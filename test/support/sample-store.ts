import { TimestreamQueryClient } from '@aws-sdk/client-timestream-query';
import { TimestreamWriteClient } from '@aws-sdk/client-timestream-write';
import type { Labels } from '../../core/metrics/model.ts';
import { evaluateInstant, evaluateRange, MemorySeriesSource } from '../../core/promql/index.ts';
import type { StampedGroup } from '../../lambdas/shared/stores/metric-store.ts';
import { timestreamStore } from '../../lambdas/shared/stores/timestream.ts';
import { createAwsEndpoint } from '../../local/aws/endpoint.ts';
import { createTimestream } from '../../local/aws/timestream.ts';
import type { PrometheusSeries, StorePorts } from '../../local/web/run-query.ts';
import { timestreamPort } from '../../local/web/timestream-port.ts';

export const DATABASE = 'nsmon_dev';

export interface SampleStore {
  readonly ports: StorePorts;
  write(groups: readonly StampedGroup[]): Promise<void>;
  close(): Promise<void>;
}

/** The twin's Timestream, written and asked through the official clients. */
export async function timestreamSample(nowMs: () => number): Promise<SampleStore> {
  const endpoint = await createAwsEndpoint();
  const place = { accountId: '123456789012', region: 'us-east-1', endpoint: endpoint.url };
  const timestream = await createTimestream(place, nowMs);
  endpoint.use(timestream.service);
  const id = { stackName: 'nsmon-test', logicalId: 'Store' };
  await timestream.provisioners['AWS::Timestream::Database']?.(id, { DatabaseName: DATABASE });
  for (const TableName of ['metrics', 'metrics_1m']) {
    await timestream.provisioners['AWS::Timestream::Table']?.(id, { DatabaseName: DATABASE, TableName });
  }
  const options = {
    region: place.region,
    endpoint: endpoint.url,
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
  };
  const writer = new TimestreamWriteClient(options);
  const reader = new TimestreamQueryClient(options);
  const store = timestreamStore(writer, { database: DATABASE, points: 'metrics', rollups: 'metrics_1m' });
  return {
    ports: { timestreamQuery: timestreamPort(reader) },
    async write(groups) {
      const { rejected, tooOld } = await store.write(groups);
      if (rejected.length + tooOld.length > 0)
        throw new Error(`not stored: ${JSON.stringify([rejected[0], tooOld[0]])}`);
    },
    async close() {
      writer.destroy();
      reader.destroy();
      await endpoint.close();
    },
  };
}

/** The same points under PromQL. */
export function prometheusSample(): SampleStore {
  const source = new MemorySeriesSource();
  return {
    ports: {
      promRange: async (query, startMs, endMs, stepMs) =>
        evaluateRange(query, startMs, endMs, stepMs, source).map(({ labels, samples }) => ({
          metric: labels,
          values: samples.map(({ timeMs, value }) => [timeMs / 1000, String(value)] as const),
        })),
      promInstant: async (query, timeMs): Promise<PrometheusSeries[]> => {
        const answer = evaluateInstant(query, timeMs, source);
        if (answer.type !== 'vector') throw new Error(`${query}: gives a ${answer.type}`);
        return answer.vector.map(({ labels, value }) => ({
          metric: labels,
          values: [[timeMs / 1000, String(value)]],
        }));
      },
    },
    async write(groups) {
      for (const { resource, points } of groups) {
        for (const point of points) {
          const labels: Labels = { ...resource, ...point.labels };
          const value = point.kind === 'gauge' || point.kind === 'counter' ? point.value : point.histogram;
          const name = point.kind === 'rollup' ? `${point.name}:1m` : point.name;
          source.append(name, labels, point.timeMs, value);
        }
      }
    },
    close: async () => undefined,
  };
}
