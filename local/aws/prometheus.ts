import snappy from 'snappyjs';
import { hashOf } from '../../core/hash.ts';
import { decodeWriteRequest } from '../../core/metrics/remote-write.ts';
import { unknownOperation } from './json-service.ts';
import { queryApi } from './prometheus/query-api.ts';
import { Workspace } from './prometheus/workspace.ts';
import { asNumber, asRecord, assertKnown } from './properties.ts';
import {
  AwsError,
  type AwsRequest,
  type AwsResponse,
  type AwsService,
  arn,
  type Place,
  type Provisioners,
} from './service.ts';

export interface Prometheus {
  readonly service: AwsService;
  readonly provisioners: Provisioners;
  /** The workspaces' API without signature and IAM, for the twin's own pages: a `fetch` that knows only these. */
  fetch(url: string): Promise<Response>;
}

const TYPE = 'AWS::APS::Workspace';
/** Request size that the managed service takes, before compression. */
const MAX_BYTES = 1024 * 1024;
const DAY_MS = 24 * 3_600_000;
const DEFAULT_OUT_OF_ORDER_SECONDS = 60;
/** A twin keeps in memory what the managed service keeps on disk: two days are plenty on one machine. */
const MAX_RETENTION_DAYS = 2;

const ACTIONS: readonly (readonly [path: RegExp, action: string])[] = [
  [/^remote_write$/, 'RemoteWrite'],
  [/^query(_range)?$/, 'QueryMetrics'],
  [/^labels$|^label\//, 'GetLabels'],
  [/^series$/, 'GetSeries'],
  [/^metadata$/, 'GetMetricMetadata'],
];

/** Managed Service for Prometheus: `/workspaces/<id>/api/v1/...`, remote write 1.0 in, PromQL out. */
export function createPrometheus(place: Place, now: () => number = Date.now): Prometheus {
  const workspaces = new Map<string, Workspace>();
  const workspaceArn = (id: string) => arn(place, 'aps', `workspace/${id}`);

  function workspace(id: string): Workspace {
    const found = workspaces.get(id);
    if (!found) throw new AwsError('ResourceNotFoundException', `The workspace ${id} does not exist.`, 404);
    return found;
  }

  const service: AwsService = {
    signingName: 'aps',
    access(request) {
      const { id, endpoint } = targetOf(request.path);
      const action = ACTIONS.find(([path]) => path.test(endpoint))?.[1] ?? 'Unknown';
      return [{ action: `aps:${action}`, resource: workspaceArn(id) }];
    },
    async handle(request) {
      const { id, endpoint } = targetOf(request.path);
      if (endpoint === 'remote_write') return remoteWrite(workspace(id), request);
      if (!ACTIONS.some(([path]) => path.test(endpoint))) {
        throw unknownOperation(
          'Prometheus',
          request.path,
          ACTIONS.map(([, action]) => action),
        );
      }
      const { status, body } = queryApi(endpoint, parametersOf(request), workspace(id), now());
      return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    },
  };

  return {
    service,
    provisioners: {
      async [TYPE](id, properties) {
        assertKnown(
          id,
          TYPE,
          properties,
          ['WorkspaceConfiguration'],
          ['Alias', 'LoggingConfiguration', 'QueryLoggingConfiguration', 'KmsKeyArn'],
        );
        const { OutOfOrderTimeWindowInSeconds, RetentionPeriodInDays } = asRecord(properties.WorkspaceConfiguration);
        const hash = hashOf(`${id.stackName}/${id.logicalId}`, 32);
        const workspaceId = `ws-${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
        const days = Math.min(asNumber(RetentionPeriodInDays, MAX_RETENTION_DAYS), MAX_RETENTION_DAYS);
        const outOfOrderMs = asNumber(OutOfOrderTimeWindowInSeconds, DEFAULT_OUT_OF_ORDER_SECONDS) * 1000;
        workspaces.set(workspaceId, new Workspace({ outOfOrderMs, retentionMs: days * DAY_MS }, now));
        return {
          ref: workspaceArn(workspaceId),
          attributes: {
            Arn: workspaceArn(workspaceId),
            WorkspaceId: workspaceId,
            PrometheusEndpoint: `${place.endpoint}/workspaces/${workspaceId}/`,
          },
        };
      },
    },
    async fetch(url) {
      const { pathname, searchParams } = new URL(url);
      const { id, endpoint } = targetOf(pathname);
      const { status, body } = queryApi(endpoint, searchParams, workspace(id), now());
      return Response.json(body, { status });
    },
  };
}

/** Samples that can be stored are, also of a request that is answered 400 because of others. */
function remoteWrite(workspace: Workspace, { headers, body }: AwsRequest): AwsResponse {
  if (headers['content-encoding'] !== 'snappy') {
    throw new AwsError(
      'ValidationException',
      `remote write needs content-encoding snappy, received "${headers['content-encoding'] ?? ''}"`,
    );
  }
  const series = decode(body);
  const [refusal] = workspace.write(series);
  if (refusal === undefined) return { status: 200 };
  return {
    status: 400,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: `failed pushing to ingester: ${refusal}\n`,
  };
}

function decode(body: Buffer): ReturnType<typeof decodeWriteRequest> {
  try {
    const bytes = snappy.uncompress(body);
    if (bytes.length > MAX_BYTES) {
      throw new AwsError('ValidationException', `the request has ${bytes.length} bytes; ${MAX_BYTES} are allowed`, 413);
    }
    return decodeWriteRequest(bytes);
  } catch (error) {
    if (error instanceof AwsError) throw error;
    throw new AwsError('ValidationException', `the body is not a snappy-compressed WriteRequest: ${String(error)}`);
  }
}

function targetOf(path: string): { id: string; endpoint: string } {
  const [, id = '', endpoint = ''] = /^\/workspaces\/([^/]+)\/api\/v1\/(.+)$/.exec(path) ?? [];
  return { id, endpoint };
}

/** Queries come as GET, and as POST with a form when they are long. */
function parametersOf({ method, query, body }: AwsRequest): URLSearchParams {
  return method === 'POST' ? new URLSearchParams([...query, ...new URLSearchParams(body.toString())]) : query;
}
