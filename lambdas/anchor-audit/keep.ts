import { GetObjectCommand, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { Anchor } from '../../core/audit/anchor.ts';
import { anchorKey } from '../shared/anchor-key.ts';
import type { AnchorKeep } from './anchor-audit.ts';

/** Anchors as objects. The bucket's policy refuses a put that could replace one; its lock keeps each for years. */
export function s3Anchors(client: S3Client, bucket: string): AnchorKeep {
  return {
    async keep(anchor) {
      const object = { Bucket: bucket, Key: anchorKey(anchor.number) };
      const Body = JSON.stringify(anchor);
      try {
        await client.send(new PutObjectCommand({ ...object, Body, ContentType: 'application/json', IfNoneMatch: '*' }));
        return anchor;
      } catch (error) {
        if (!(error instanceof S3ServiceException) || error.$metadata.httpStatusCode !== 412) throw error;
      }
      const { Body: found } = await client.send(new GetObjectCommand(object));
      return JSON.parse((await found?.transformToString()) ?? '') as Anchor;
    },
  };
}
