import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Anchor } from '../../../core/audit/anchor.ts';
import { type AuditEntry, CHAINS } from '../../../core/audit/entry.ts';
import { verifyAnchors } from '../../../core/audit/verify.ts';
import { type AnchorKeep, anchorAudit } from '../../../lambdas/anchor-audit/anchor-audit.ts';
import { s3Anchors } from '../../../lambdas/anchor-audit/keep.ts';
import { audit, readChain } from '../../../lambdas/shared/audit.ts';
import { createS3, type S3 } from '../../../local/aws/s3.ts';
import { ID, type Rig, startRig } from '../../local/aws/support.ts';
import { MemoryAlertsTable } from '../../support/memory-alerts-table.ts';

let rig: Rig;
let s3: S3;
let client: S3Client;

beforeAll(async () => {
  rig = await startRig();
  s3 = createS3(rig.place);
  rig.endpoint.use(s3.service);
  client = new S3Client({ ...rig.client, forcePathStyle: true });
});

afterAll(async () => {
  client.destroy();
  await rig.endpoint.close();
});

async function world(bucket: string) {
  await s3.provisioners['AWS::S3::Bucket']?.(ID, { BucketName: bucket });
  const table = new MemoryAlertsTable(() => 0);
  const ports = { table, anchors: s3Anchors(client, bucket), nowMs: () => 60_000 };
  return {
    ports,
    act: (subject: string) =>
      audit(table).append([{ atMs: 1, actor: 'a', action: 'b', subject, reason: '', detail: {} }]),
    async anchors(): Promise<Anchor[]> {
      const bodies = s3.keys(bucket, 'anchors/').map((key) => s3.read(bucket, key));
      return (await Promise.all(bodies)).map((body) => JSON.parse(body.toString()) as Anchor);
    },
    async chains(): Promise<Record<string, AuditEntry[]>> {
      return Object.fromEntries(await Promise.all(CHAINS.map(async (chain) => [chain, await readChain(table, chain)])));
    },
  };
}

test('each minute with something new leaves an anchor, a quiet one leaves none', async () => {
  const { ports, act, anchors, chains } = await world('quiet');
  expect(await anchorAudit(ports)).toBeUndefined();
  await act('group 1');
  expect((await anchorAudit(ports))?.number).toBe(0);
  expect(await anchorAudit(ports)).toBeUndefined();
  await act('group 2');
  await act('group 1');
  expect((await anchorAudit(ports))?.number).toBe(1);
  expect(await anchors()).toHaveLength(2);
  expect(verifyAnchors(await anchors(), await chains())).toBeUndefined();
});

test('a crash between the bucket and the table costs nothing: what the bucket has counts', async () => {
  const { ports, act, anchors, chains } = await world('crash');
  const crashing: AnchorKeep = {
    async keep(anchor) {
      await ports.anchors.keep(anchor);
      throw new Error('crash');
    },
  };
  await act('group 1');
  await expect(anchorAudit({ ...ports, anchors: crashing })).rejects.toThrow('crash');
  await act('group 1');
  expect(await anchorAudit(ports)).toEqual((await anchors())[0]);
  expect((await anchorAudit(ports))?.number).toBe(1);
  expect(verifyAnchors(await anchors(), await chains())).toBeUndefined();
});

test('an anchor is never replaced', async () => {
  const { ports, act, anchors } = await world('once');
  await act('group 1');
  const first = await anchorAudit(ports);
  expect(await ports.anchors.keep({ ...first!, atMs: 1 })).toEqual(first);
  expect(await anchors()).toEqual([first]);
});
