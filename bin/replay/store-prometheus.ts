import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { ColumnStore } from '../../core/promql/range/column-store.ts';
import { UserError } from '../../core/user-error.ts';
import type { FoundDeployment } from '../deployment.ts';
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
      readonly histograms?: readonly unknown[];
    }[];
  };
}

/**
 * The raw samples of the metrics that the rules look at: a range vector as it is.
 * Native histograms are left out: the API does not tell their buckets as they were stored, so rules about them see nothing.
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
  const store = new ColumnStore();
  for (let startMs = fromMs; startMs < toMs; startMs += PART_MS) {
    const endMs = Math.min(startMs + PART_MS, toMs);
    const query = `{__name__=~"${metrics.join('|')}"}[${endMs - startMs}ms]`;
    const url = new URL(`${endpoint}api/v1/query`);
    const parameters = { query, time: String(endMs / 1000) };
    const { data, error } = await ask(signer, url, parameters, signal);
    if (!data) throw new UserError(`the metric store: ${error}`);
    for (const { metric, values = [], histograms = [] } of data.result) {
      if (histograms.length > 0 && values.length === 0) continue;
      const series = store.series(metric);
      for (const [seconds, text] of values) series.append(Math.round(seconds * 1000), number(text));
    }
    show('reading the store', (endMs - fromMs) / (toMs - fromMs));
  }
  return store;
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
