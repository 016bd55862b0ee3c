import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface StoredObject {
  readonly key: string;
  readonly size: number;
  /** MD5 of the body in quotes, as S3 gives it for objects sent in one piece. */
  readonly etag: string;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
  /** `content-type`, `content-encoding` and `x-amz-meta-*` as they were sent. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Buckets of objects: what is known of them in memory, their bodies in files of a temporary folder. */
export class Objects {
  readonly #buckets = new Map<string, Map<string, StoredObject>>();
  #folder: Promise<string> | undefined;

  create(bucket: string): void {
    if (!this.#buckets.has(bucket)) this.#buckets.set(bucket, new Map());
  }

  bucket(name: string): ReadonlyMap<string, StoredObject> | undefined {
    return this.#buckets.get(name);
  }

  async put(bucket: string, object: Omit<StoredObject, 'size' | 'etag'>, body: Buffer): Promise<StoredObject> {
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    await writeFile(await this.#file(bucket, object.key), body);
    const stored = { ...object, size: body.length, etag };
    this.#buckets.get(bucket)?.set(object.key, stored);
    return stored;
  }

  async read(bucket: string, key: string): Promise<Buffer> {
    return readFile(await this.#file(bucket, key));
  }

  async delete(bucket: string, key: string): Promise<void> {
    if (!this.#buckets.get(bucket)?.delete(key)) return;
    await rm(await this.#file(bucket, key), { force: true });
  }

  /** Removes everything from the disk. */
  async close(): Promise<void> {
    if (this.#folder) await rm(await this.#folder, { recursive: true, force: true });
  }

  /** Keys may be longer than file names and may contain anything, so a file is named by the key's hash. */
  async #file(bucket: string, key: string): Promise<string> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'nsmon-s3-'));
    const folder = join(await this.#folder, bucket);
    await mkdir(folder, { recursive: true });
    return join(folder, createHash('sha256').update(key).digest('hex'));
  }
}
