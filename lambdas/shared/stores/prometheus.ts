import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import snappy from 'snappyjs';
import { fullLabels, type Labels, type Point } from '../../../core/metrics/model.ts';
import { encodeWriteRequest, type RemoteSeries } from '../../../core/metrics/remote-write.ts';
import {
  type MetricStore,
  type RefusedPoint,
  type StampedGroup,
  StoreUnavailable,
  type WriteResult,
} from './metric-store.ts';

/** Amazon Managed Service for Prometheus discards samples older than its out-of-order window, 10 minutes at most. */
const OUT_OF_ORDER_WINDOW_MS = 600_000;
/** Time a request may take on its way: what is this close to the edge of the window is archived rather than risked. */
const MARGIN_MS = 15_000;

export interface PrometheusSettings {
  /** The workspace's endpoint, with its trailing slash. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: ConstructorParameters<typeof SignatureV4>[0]['credentials'];
  readonly nowMs: () => number;
  readonly fetch?: typeof fetch;
}

interface Entry {
  readonly resource: Labels;
  readonly point: Point;
  readonly series: RemoteSeries;
}

/** Prometheus remote write 1.0, signed for Amazon Managed Service for Prometheus. */
export function prometheusStore(settings: PrometheusSettings): MetricStore {
  const { credentials, region, nowMs } = settings;
  const url = new URL('api/v1/remote_write', settings.endpoint);
  const signer = new SignatureV4({ service: 'aps', region, credentials, sha256: Sha256 });
  const send = settings.fetch ?? fetch;

  async function post(entries: readonly Entry[]): Promise<Response> {
    const body = snappy.compress(encodeWriteRequest(entries.map((entry) => entry.series)));
    const request = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port ? { port: Number(url.port) } : {}),
      path: url.pathname,
      headers: {
        host: url.host,
        'content-type': 'application/x-protobuf',
        'content-encoding': 'snappy',
        'x-prometheus-remote-write-version': '0.1.0',
      },
      body,
    });
    const { host: _host, ...headers } = request.headers;
    try {
      return await send(url, { method: 'POST', headers, body: Buffer.from(body) });
    } catch (error) {
      throw new StoreUnavailable(`${url.host} cannot be reached: ${String(error)}`, { cause: error });
    }
  }

  /** A refused request names no sample, so it is halved until the guilty ones stand alone. */
  async function write(entries: readonly Entry[]): Promise<RefusedPoint[]> {
    if (entries.length === 0) return [];
    const response = await post(entries);
    const said = await response.text();
    if (response.ok) return [];
    if (response.status === 429 || response.status >= 500 || response.status === 403) {
      throw new StoreUnavailable(`${url.host} answered ${response.status}: ${said}`);
    }
    const [only] = entries;
    if (entries.length === 1 && only) {
      return [{ resource: only.resource, point: only.point, reason: `${response.status}: ${said.trim()}` }];
    }
    const middle = entries.length >> 1;
    return [...(await write(entries.slice(0, middle))), ...(await write(entries.slice(middle)))];
  }

  return {
    async write(groups): Promise<WriteResult> {
      const oldestMs = nowMs() - OUT_OF_ORDER_WINDOW_MS + MARGIN_MS;
      const entries: Entry[] = [];
      const tooOld: RefusedPoint[] = [];
      for (const { resource, point } of flatten(groups)) {
        if (point.timeMs < oldestMs) {
          tooOld.push({ resource, point, reason: 'older than the 10 minutes that the workspace accepts' });
        } else entries.push({ resource, point, series: toSeries(resource, point) });
      }
      const rejected = await write(entries);
      return { stored: entries.length - rejected.length, tooOld, rejected };
    },
  };
}

function* flatten(groups: readonly StampedGroup[]): Generator<{ resource: Labels; point: Point }> {
  for (const { resource, points } of groups) for (const point of points) yield { resource, point };
}

/** Roll-ups keep their distribution under a name of their own, as recording rules do: `<metric>:1m`. */
function toSeries(resource: Labels, point: Point): RemoteSeries {
  const labels = fullLabels(resource, point.labels);
  switch (point.kind) {
    case 'gauge':
    case 'counter':
      return { name: point.name, labels, samples: [{ timeMs: point.timeMs, value: point.value }], histograms: [] };
    case 'histogram':
    case 'rollup':
      return {
        name: point.kind === 'rollup' ? `${point.name}:1m` : point.name,
        labels,
        samples: [],
        histograms: [{ timeMs: point.timeMs, histogram: point.histogram, isGauge: point.kind === 'rollup' }],
      };
  }
}
