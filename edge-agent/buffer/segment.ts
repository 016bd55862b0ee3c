import { type FileHandle, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeRecords, type StoredRecord } from './record.ts';

const NAME = /^(\d{8})\.log$/;

export function segmentFile(directory: string, number: number): string {
  return join(directory, `${String(number).padStart(8, '0')}.log`);
}

/** Numbers of the segments in `directory`, oldest first. */
export async function listSegments(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

export interface ReadSegment {
  readonly number: number;
  readonly bytes: number;
  readonly records: readonly StoredRecord[];
  /** Bytes behind the last intact record. */
  readonly damagedBytes: number;
}

export async function readSegment(directory: string, number: number): Promise<ReadSegment> {
  const file = await readFile(segmentFile(directory, number));
  const { records, intactBytes } = decodeRecords(file);
  return { number, bytes: file.length, records, damagedBytes: file.length - intactBytes };
}

export async function deleteSegment(directory: string, number: number): Promise<void> {
  await rm(segmentFile(directory, number), { force: true });
}

/** The segment that is being written. Writes are appended whole or fail. */
export class SegmentWriter {
  readonly number: number;
  bytes = 0;
  private readonly file: FileHandle;
  private readonly sync: boolean;

  private constructor(number: number, file: FileHandle, sync: boolean) {
    this.number = number;
    this.file = file;
    this.sync = sync;
  }

  /** Creates the file; one of that number must not exist. */
  static async create(directory: string, number: number, sync: boolean): Promise<SegmentWriter> {
    const file = await open(segmentFile(directory, number), 'ax');
    if (sync) await syncDirectory(directory);
    return new SegmentWriter(number, file, sync);
  }

  /** Returns where the record begins. */
  async append(record: Uint8Array): Promise<number> {
    const at = this.bytes;
    // A write may take only a part (a full disk): `appendFile` goes on until all is written or fails.
    await this.file.appendFile(record);
    if (this.sync) await this.file.datasync();
    this.bytes += record.length;
    return at;
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** The entry of a new file survives a power failure only once its directory was synchronised. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
