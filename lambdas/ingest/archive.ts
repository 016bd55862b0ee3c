import { gzipSync } from 'node:zlib';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { fullLabels } from '../../core/metrics/model.ts';
import type { RefusedPoint } from '../shared/stores/metric-store.ts';
import type { Archive, Arrival } from './ingest.ts';

/** Prefixes of the archive bucket. */
export const PREFIX = { archived: 'archive', rejected: 'parked/rejected', poison: 'parked/poison' } as const;

/**
 * Objects of gzipped JSON lines, one point a line, in `<prefix>/<thing>/<boot>/<seq>.jsonl.gz`: readable by Athena, and
 * the same message always lands on the same key. The number of points is in the metadata too.
 */
export function s3Archive(client: S3Client, bucket: string): Archive {
  async function put(prefix: string, { thing, batch }: Arrival, points: readonly RefusedPoint[]): Promise<void> {
    const lines = points.map(({ resource, point, reason }) =>
      JSON.stringify({ ...point, labels: { ...fullLabels(resource, point.labels), thing }, reason }),
    );
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `${prefix}/${thing}/${batch.boot}/${batch.seq}.jsonl.gz`,
        Body: gzipSync(lines.join('\n')),
        ContentType: 'application/x-ndjson',
        ContentEncoding: 'gzip',
        Metadata: { points: String(points.length) },
      }),
    );
  }
  return {
    archive: (arrival, points) => put(PREFIX.archived, arrival, points),
    reject: (arrival, points) => put(PREFIX.rejected, arrival, points),
  };
}

/** Parks a message that cannot be read: its bytes as they came, with the reason as metadata. */
export function poisonParking(client: S3Client, bucket: string) {
  return async (thing: string, sequenceNumber: string, payload: Uint8Array, reason: string): Promise<void> => {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `${PREFIX.poison}/${thing}/${sequenceNumber}`,
        Body: payload,
        // Metadata travels in HTTP headers: keep to printable ASCII.
        Metadata: { reason: reason.replace(/[^\x20-\x7e]/g, '?').slice(0, 1000) },
      }),
    );
  };
}
