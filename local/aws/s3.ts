import { unknownOperation } from './json-service.ts';
import { assertKnown, asText, generatedName } from './properties.ts';
import { xml } from './protocol.ts';
import { decodeChunked } from './s3/chunked.ts';
import { listing } from './s3/listing.ts';
import { Objects, type StoredObject } from './s3/objects.ts';
import {
  type Access,
  AwsError,
  type AwsRequest,
  type AwsResponse,
  type AwsService,
  type Place,
  type Provisioners,
} from './service.ts';

export interface S3 {
  readonly service: AwsService;
  readonly provisioners: Provisioners;
  /** Keys of a bucket that begin so, in order. */
  keys(bucket: string, prefix: string): string[];
  read(bucket: string, key: string): Promise<Buffer>;
  /** Writes as a service of the twin itself, not through the API. */
  put(bucket: string, key: string, body: Buffer): Promise<void>;
}

interface Target {
  readonly bucket: string;
  readonly key: string;
}

/** Method and whether a key is named, to the operation. */
const OPERATIONS: Readonly<Record<string, string>> = {
  'PUT key': 'PutObject',
  'GET key': 'GetObject',
  'HEAD key': 'HeadObject',
  'DELETE key': 'DeleteObject',
  'GET bucket': 'ListObjectsV2',
  'HEAD bucket': 'HeadBucket',
};
/** The IAM action where it is not named as the operation. */
const ACTIONS: Readonly<Record<string, string>> = {
  HeadObject: 'GetObject',
  ListObjectsV2: 'ListBucket',
  HeadBucket: 'ListBucket',
};
/** Request headers that belong to the object. */
const KEPT = /^(content-type|content-encoding|cache-control|content-disposition|x-amz-meta-.+)$/;

/** S3: objects in one piece, path style (`/bucket/key`) and virtual-host style (`bucket.localhost`). */
export function createS3(_place: Place, now: () => number = Date.now): S3 {
  const objects = new Objects();

  function contents(bucket: string): ReadonlyMap<string, StoredObject> {
    const found = objects.bucket(bucket);
    if (!found) throw new AwsError('NoSuchBucket', `The specified bucket does not exist: ${bucket}`, 404);
    return found;
  }

  function object({ bucket, key }: Target): StoredObject {
    const found = contents(bucket).get(key);
    if (!found) throw new AwsError('NoSuchKey', `The specified key does not exist: ${key}`, 404);
    return found;
  }

  const operations: Readonly<Record<string, (target: Target, request: AwsRequest) => Promise<AwsResponse>>> = {
    async PutObject({ bucket, key }, request) {
      if (request.headers['if-none-match'] === '*' && contents(bucket).has(key)) {
        throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
      }
      contents(bucket);
      const isChunked = /aws-chunked/.test(request.headers['content-encoding'] ?? '');
      const body = isChunked ? decodeChunked(request.body) : request.body;
      const { etag } = await objects.put(bucket, { key, modifiedAt: now(), headers: headersOf(request) }, body);
      return { status: 200, headers: { etag } };
    },
    async GetObject(target, request) {
      const headers = describe(object(target));
      const body = await objects.read(target.bucket, target.key);
      const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
      if (from === undefined) return { status: 200, headers, body };
      const end = Math.min(to ? Number(to) : body.length - 1, body.length - 1);
      const part = body.subarray(Number(from), end + 1);
      const range = `bytes ${from}-${end}/${body.length}`;
      return {
        status: 206,
        headers: { ...headers, 'content-length': String(part.length), 'content-range': range },
        body: part,
      };
    },
    HeadObject: async (target) => ({ status: 200, headers: describe(object(target)) }),
    async DeleteObject({ bucket, key }) {
      contents(bucket);
      await objects.delete(bucket, key);
      return { status: 204 };
    },
    ListObjectsV2: async ({ bucket }, { query }) => xml(listing(bucket, [...contents(bucket).values()], query)),
    async HeadBucket({ bucket }) {
      contents(bucket);
      return { status: 200 };
    },
  };

  const service: AwsService = {
    signingName: 's3',
    access(request): Access[] {
      const { bucket, key } = targetOf(request);
      const operation = operationOf(request);
      const resource = key ? `arn:aws:s3:::${bucket}/${key}` : `arn:aws:s3:::${bucket}`;
      return [{ action: `s3:${ACTIONS[operation] ?? operation}`, resource }];
    },
    async handle(request) {
      const operation = operations[operationOf(request)];
      if (!operation) throw unknownOperation('S3', operationOf(request), Object.values(OPERATIONS));
      try {
        return await operation(targetOf(request), request);
      } catch (error) {
        // An answer to HEAD has no body, so its error is told by the status alone.
        if (error instanceof AwsError && request.method === 'HEAD') return { status: error.status };
        throw error;
      }
    },
    close: () => objects.close(),
  };

  return {
    service,
    provisioners: provisionersOf(objects),
    keys,
    read: (bucket, key) => objects.read(bucket, key),
    put,
  };

  function keys(bucket: string, prefix: string): string[] {
    return [...(objects.bucket(bucket)?.keys() ?? [])].filter((key) => key.startsWith(prefix)).sort();
  }

  async function put(bucket: string, key: string, body: Buffer): Promise<void> {
    await objects.put(bucket, { key, modifiedAt: now(), headers: {} }, body);
  }
}

function operationOf(request: AwsRequest): string {
  const kind = targetOf(request).key ? 'key' : 'bucket';
  // Sub-resources (`?uploads`, `?tagging`, `?delete`) are operations of their own, which the twin does not have.
  const [sub] =
    [...request.query].find(([name, value]) => value === '' && !['prefix', 'delimiter', 'x-id'].includes(name)) ?? [];
  return sub ? `${request.method}?${sub}` : (OPERATIONS[`${request.method} ${kind}`] ?? `${request.method} ${kind}`);
}

function targetOf({ path, headers }: AwsRequest): Target {
  const [, virtual] = /^(.+)\.(?:localhost|s3[.-].*)(?::\d+)?$/.exec(headers.host ?? '') ?? [];
  const decoded = decodeURIComponent(path.slice(1));
  if (virtual) return { bucket: virtual, key: decoded };
  const slash = decoded.indexOf('/');
  return slash < 0 ? { bucket: decoded, key: '' } : { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1) };
}

function headersOf({ headers }: AwsRequest): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (KEPT.test(name)) kept[name] = value;
  const encoding = kept['content-encoding']?.replace(/aws-chunked,?\s*/, '');
  if (encoding === '') delete kept['content-encoding'];
  else if (encoding) kept['content-encoding'] = encoding;
  return kept;
}

function describe({ size, etag, modifiedAt, headers }: StoredObject): Record<string, string> {
  return {
    ...headers,
    etag,
    'content-length': String(size),
    'last-modified': new Date(modifiedAt).toUTCString(),
    'accept-ranges': 'bytes',
  };
}

const TYPE = 'AWS::S3::Bucket';
const IGNORED = [
  'BucketEncryption',
  'LifecycleConfiguration',
  'LoggingConfiguration',
  'OwnershipControls',
  'PublicAccessBlockConfiguration',
  'VersioningConfiguration',
  'IntelligentTieringConfigurations',
  'ObjectLockConfiguration',
  'ObjectLockEnabled',
];

function provisionersOf(objects: Objects): Provisioners {
  return {
    async [TYPE](id, properties) {
      assertKnown(id, TYPE, properties, ['BucketName'], IGNORED);
      const name = asText(properties.BucketName) || generatedName(id).toLowerCase().slice(-63).replace(/^-+/, '');
      objects.create(name);
      const domain = `${name}.s3.amazonaws.com`;
      return { ref: name, attributes: { Arn: `arn:aws:s3:::${name}`, DomainName: domain, RegionalDomainName: domain } };
    },
  };
}
