import { request } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchBucket,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createS3, type S3 } from '../../../local/aws/s3.ts';
import { ID, type Rig, startRig } from './support.ts';

let rig: Rig;
let s3: S3;
let client: S3Client;
let Bucket: string;

beforeAll(async () => {
  rig = await startRig();
  s3 = createS3(rig.place);
  rig.endpoint.use(s3.service);
  client = new S3Client(rig.client);
  Bucket = (await s3.provisioners['AWS::S3::Bucket']?.(ID, { LifecycleConfiguration: {} }))?.ref ?? '';
});

afterAll(async () => {
  client.destroy();
  await rig.endpoint.close();
});

test('a bucket without a name gets a valid one', () => {
  expect(Bucket).toMatch(/^[a-z0-9][a-z0-9-]{2,62}$/);
});

test('an object comes back as it was put, gzip and metadata included', async () => {
  const Key = 'archive/2026/a b+c=ü.json.gz';
  const Body = gzipSync('{"a":1}');
  await client.send(
    new PutObjectCommand({
      Bucket,
      Key,
      Body,
      ContentType: 'application/json',
      ContentEncoding: 'gzip',
      Metadata: { reason: 'too-old' },
    }),
  );
  const got = await client.send(new GetObjectCommand({ Bucket, Key }));
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(Body);
  expect([got.ContentType, got.ContentEncoding, got.Metadata]).toEqual([
    'application/json',
    'gzip',
    { reason: 'too-old' },
  ]);
  const head = await client.send(new HeadObjectCommand({ Bucket, Key }));
  expect([head.ContentLength, head.ETag]).toEqual([Body.length, got.ETag]);
  expect(s3.keys(Bucket, 'archive/')).toEqual([Key]);
  const part = await client.send(new GetObjectCommand({ Bucket, Key, Range: 'bytes=2-4' }));
  expect(Buffer.from((await part.Body?.transformToByteArray()) ?? [])).toEqual(Body.subarray(2, 5));
});

test('a stream, which clients send in signed chunks with a trailing checksum, is put together', async () => {
  const bytes = Buffer.alloc(200_000, 'xyz');
  const Body = Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]);
  await client.send(new PutObjectCommand({ Bucket, Key: 'streamed', Body, ContentLength: bytes.length }));
  expect(await s3.read(Bucket, 'streamed')).toEqual(bytes);
});

test('virtual-host addresses name the bucket in the host', async () => {
  const { hostname, port } = new URL(rig.client.endpoint);
  const headers = {
    host: `${Bucket}.localhost:${port}`,
    authorization: 'AWS4-HMAC-SHA256 Credential=A/20261123/us-east-1/s3/aws4_request',
  };
  const length = await new Promise((resolve, reject) => {
    const asked = request({ hostname, port, method: 'HEAD', path: '/streamed', headers }, (response) => {
      response.resume();
      resolve(response.headers['content-length']);
    });
    asked.on('error', reject).end();
  });
  expect(length).toBe('200000');
});

test('lists keys in order, in pages and by folders', async () => {
  for (const Key of ['list/b/2', 'list/a', 'list/b/1', 'list/c'])
    await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  const keys: (string | undefined)[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'list/', MaxKeys: 3, ContinuationToken }),
    );
    keys.push(...(page.Contents ?? []).map(({ Key }) => Key));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  expect(keys).toEqual(['list/a', 'list/b/1', 'list/b/2', 'list/c']);
  const folders = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', Delimiter: '/' }));
  expect(folders.CommonPrefixes).toEqual([{ Prefix: 'list/b/' }]);
  expect(folders.Contents?.map(({ Key }) => Key)).toEqual(['list/a', 'list/c']);
});

test('what is missing is the SDK class, what is deleted is missing', async () => {
  await client.send(new PutObjectCommand({ Bucket, Key: 'gone', Body: 'x' }));
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }));
  await expect(client.send(new GetObjectCommand({ Bucket, Key: 'gone' }))).rejects.toBeInstanceOf(NoSuchKey);
  await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'gone' }))).rejects.toMatchObject({ name: 'NotFound' });
  await expect(client.send(new GetObjectCommand({ Bucket: 'nowhere', Key: 'k' }))).rejects.toBeInstanceOf(NoSuchBucket);
});

test('an object is created once only when the caller asks for it', async () => {
  const put = new PutObjectCommand({ Bucket, Key: 'once', Body: '1', IfNoneMatch: '*' });
  await client.send(put);
  await expect(client.send(put)).rejects.toMatchObject({ name: 'PreconditionFailed' });
});
