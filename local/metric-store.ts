import type { QueryResult } from './aws/timestream/query.ts';
import type { Services } from './services.ts';
import type { Deployment } from './template/deploy.ts';

/** The metric store that the template has, to be asked by the twin itself. */
export type MetricStoreAccess =
  | {
      readonly kind: 'timestream';
      readonly database: string;
      query(sql: string): Promise<QueryResult>;
    }
  | {
      readonly kind: 'prometheus';
      /** What stands before `/api/v1/...`, without a slash at its end; give it to `fetch`. */
      readonly url: string;
      fetch(url: string): Promise<Response>;
      /** Samples of all series with these labels. */
      countSamples(labels: Readonly<Record<string, string>>): Promise<number>;
    };

/** Longer than the twin keeps samples. */
const RANGE = '7d';

/** @throws Error when the template has none */
export function metricStoreOf(deployment: Deployment, services: Services): MetricStoreAccess {
  const { resources } = deployment;
  const database = resources.find(({ type }) => type === 'AWS::Timestream::Database');
  if (database) return { kind: 'timestream', database: database.ref, query: services.timestream.query };
  const workspace = resources.find(({ type }) => type === 'AWS::APS::Workspace');
  if (!workspace) throw new Error('the template has no metric store: no Timestream database and no AMP workspace');
  const url = (workspace.attributes.PrometheusEndpoint ?? '').replace(/\/$/, '');
  return {
    kind: 'prometheus',
    url,
    fetch: services.prometheus.fetch,
    async countSamples(labels) {
      const matchers = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      const query = `sum(count_over_time({${matchers.join(',')}}[${RANGE}]))`;
      const response = await services.prometheus.fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
      const answer = (await response.json()) as {
        error?: string;
        data?: { result: readonly { value: readonly [number, string] }[] };
      };
      if (!answer.data) throw new Error(`${query}: ${answer.error}`);
      return Number(answer.data.result[0]?.value[1] ?? 0);
    },
  };
}
