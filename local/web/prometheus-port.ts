import type { PrometheusSeries, StorePorts } from './run-query.ts';

interface Answer {
  readonly status: 'success' | 'error';
  readonly error?: string;
  readonly data?: { readonly resultType: string; readonly result: unknown };
}

type Send = (url: string) => Promise<Response>;

/**
 * Queries over the HTTP API of Prometheus.
 * @param baseUrl what stands before `/api/v1/query`, without a slash at its end
 */
export function prometheusPort(
  baseUrl: string,
  send: Send = fetch,
): Required<Pick<StorePorts, 'promRange' | 'promInstant'>> {
  async function ask(path: string, parameters: Record<string, string>): Promise<Answer['data']> {
    const response = await send(`${baseUrl}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const answer = (await response.json()) as Answer;
    if (answer.status !== 'success') throw new Error(answer.error ?? `${path}: answered ${response.status}`);
    return answer.data;
  }
  return {
    async promRange(query, startMs, endMs, stepMs) {
      const data = await ask('query_range', {
        query,
        start: String(startMs / 1000),
        end: String(endMs / 1000),
        step: String(stepMs / 1000),
      });
      return (data?.result ?? []) as PrometheusSeries[];
    },
    async promInstant(query, timeMs) {
      const data = await ask('query', { query, time: String(timeMs / 1000) });
      if (data?.resultType === 'scalar') return [{ metric: {}, values: [data.result as [number, string]] }];
      const vector = (data?.result ?? []) as { metric: Record<string, string>; value: [number, string] }[];
      return vector.map(({ metric, value }) => ({ metric, values: [value] }));
    },
  };
}
