import { type IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { Parked } from './heal.ts';

/** Where `ingest` parks what it cannot read: `<prefix>/<thing>/<sequence number>`, the bytes as they came. */
const POISON = 'parked/poison';

export interface RedriveSettings {
  readonly bucket: string;
  /** `$aws/rules/nsmon_dev_metrics`: a message goes the way that it came. */
  readonly rule: string;
}

/**
 * A message is removed when it is on its way again: `ingest` stores it now, or parks it once more, and a message that
 * went twice after a crash is stored once.
 */
export function parkedMessages(s3: S3Client, iot: IoTDataPlaneClient, { bucket, rule }: RedriveSettings): Parked {
  async function list(thing: string, most?: number) {
    const input = { Bucket: bucket, Prefix: `${POISON}/${thing}/`, ...(most === undefined ? {} : { MaxKeys: most }) };
    const { Contents = [] } = await s3.send(new ListObjectsV2Command(input));
    return Contents;
  }
  return {
    async redrive(_id, thing, most) {
      const objects = await list(thing, most);
      for (const { Key } of objects) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
        const payload = (await Body?.transformToByteArray()) ?? new Uint8Array();
        await iot.send(new PublishCommand({ topic: `${rule}/bci/${thing}/metrics`, qos: 1, payload }));
        await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      }
      return objects.length;
    },
    async parkedSince(thing, sinceMs) {
      // The thousand that one answer lists are more than one re-drive hands over.
      return (await list(thing)).filter(({ LastModified }) => (LastModified?.getTime() ?? 0) >= sinceMs).length;
    },
  };
}
