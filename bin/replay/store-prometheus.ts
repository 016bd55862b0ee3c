import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Point } from '../../core/metrics/model.ts';
import type { ColumnStore } from '../../core/promql/range/column-store.ts';
import { PointSeries } from '../../core/replay/points.ts';
import { UserError } from '../../core/user-error.ts';
import type { FoundDeployment } from '../deployment.ts';
import { type ApiHistogram, exponentialOf } from './api-histogram.ts';
import type { Show } from './input.ts';
import type { Needed } from './needed.ts';

/** One question's part of the time: an answer of Managed Prometheus has a limit. */
const PART_MS = 3_600_000;

interface Answer {
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values?: readonly (readonly [number, string])[];
      readonly histograms?: readonly (readonly [number, ApiHistogram])[];
    }[];
  };
}

/**
 * The raw samples of the metrics that the rules look at: a range vector as it is.
 * @throws UserError when the store refuses the question
 */
export async function readPrometheus(
  endpoint: string,
  { client, dynamo }: Pick<FoundDeployment, 'client' | 'dynamo'>,
  { metrics, fromMs, toMs }: Needed,
  signal: AbortSignal,
  show: Show,
): Promise<ColumnStore> {
  const region = client.region ?? (await dynamo.config.region());
  const signer = new SignatureV4({ service: 'aps', region, credentials: dynamo.config.credentials, sha256: Sha256 });
  const points = new PointSeries();
  for (let startMs = fromMs; startMs < toMs; startMs += PART_MS) {
    const endMs = Math.min(startMs + PART_MS, toMs);
    const query = `{__name__=~"${metrics.join('|')}"}[${endMs - startMs}ms]`;
    const url = new URL(`${endpoint}api/v1/query`);
    const parameters = { query, time: String(endMs / 1000) };
    const { data, error } = await ask(signer, url, parameters, signal);
    if (!data) throw new UserError(`the metric store: ${error}`);
    for (const { metric, values = [], histograms = [] } of data.result) {
      const { __name__: name = '', ...labels } = metric;
      const at = (seconds: number) => ({ name, labels, timeMs: Math.round(seconds * 1000) });
      const add = (point: Point): void => points.add([{ resource: {}, points: [point] }], point.timeMs);
      for (const [seconds, text] of values) add({ kind: 'gauge', ...at(seconds), value: number(text) });
      for (const [seconds, histogram] of histograms) {
        add({ kind: 'histogram', ...at(seconds), startMs: 0, histogram: exponentialOf(histogram) });
      }
    }
    show('reading the store', (endMs - fromMs) / (toMs - fromMs));
  }
  return points.finish();
}

async function ask(
  signer: SignatureV4,
  url: URL,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Answer> {
  const { hostname, host, pathname, protocol, port } = url;
  const request = await signer.sign({
    method: 'GET',
    protocol,
    hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    path: pathname,
    query: { ...query },
    headers: { host },
  });
  const response = await fetch(`${url}?${new URLSearchParams(query)}`, { headers: request.headers, signal });
  return (await response.json()) as Answer;
}

function number(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
