import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { countStored } from '../../local/start/stored.ts';
import { brokerOutage, expectAllStoredOnce, plainRun, recorded } from '../support/delivery.ts';
import { connectAs } from '../support/device.ts';
import { histogramOf } from '../support/histograms.ts';
import { type System, startSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

describe('what an agent records is stored, once', () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem('timestream', ['ingest']);
  }, 60_000);
  afterAll(() => system?.close());

  const ingestSaid = (text: string) =>
    system.twin.logs.lines('nsmon-dev-ingest').filter((line) => line.text.includes(text));

  test('when nothing goes wrong', () => plainRun(system));

  test('when the broker is gone for ten seconds', () => brokerOutage(system), 150_000);

  test('when the agent is killed and started again on the same data directory', async () => {
    const killed = await system.agent('killed');
    await killed.when('recording', recorded(100));
    // Nothing arrives any more: what is on disk now is sent by the next run.
    await system.twin.faults.broker.goDown();
    const before = await killed.when('offline', ({ connected, buffered }) => !connected && buffered.messages >= 2);
    await killed.kill();
    await system.twin.faults.broker.comeUp();

    const again = await system.agent('killed');
    const after = await again.when('recording', recorded(before.ledger.recorded + 60));
    expect(after.boot).not.toBe(before.boot);
    await expectAllStoredOnce(system, 'killed', await again.stop());
  }, 60_000);

  test('when ingest throws, is killed while it works, and its answer is lost', async () => {
    const agent = await system.agent('unlucky');
    await agent.when('recording', recorded(60));
    const left = system.twin.faults.lambda('ingest', { throwNext: 1, killNext: 1, loseAnswerOfNext: 1 });
    await until(() => Object.values(left()).every((count) => count === 0));
    await expectAllStoredOnce(system, 'unlucky', await agent.stop());
  }, 60_000);

  test('when the store throttles for longer than a client retries', async () => {
    const agent = await system.agent('throttled');
    await agent.when('recording', recorded(60));
    system.twin.faults.aws.next('timestream', 'WriteRecords', { error: 'ThrottlingException', times: 14 });
    await until(() => ingestSaid('a record will be retried').length > 0);
    await expectAllStoredOnce(system, 'throttled', await agent.stop());
  }, 60_000);

  test('except the one that an agent loses on purpose, which is missed', async () => {
    const agent = await system.agent('careless', { config: { faults: { dropOne: true } } });
    await agent.when('recording', recorded(200));
    const points = await system.account('careless', await agent.stop());
    expect(points).toMatchObject({ lost: 1, buffered: 0, archived: 0, rejected: 0 });
  });

  test('and a message that cannot be read is parked with its reason, while those around it are stored', async () => {
    const { twin } = system;
    const { endpoint, credentials, place } = twin;
    const s3 = new S3Client({ endpoint, credentials, region: place.region, forcePathStyle: true });
    const device = await connectAs(twin, 'scrambled');
    const retries = ingestSaid('a record will be retried').length;
    const garbage = Buffer.from('no gzip at all');
    // While the first is worked on the others gather: the garbage is one of a batch.
    for (const seq of [1, 2, 3]) await device.sendBatch(seq, { points: 10 });
    await device.publish(device.topics.metrics, garbage);
    for (const seq of [4, 5]) await device.sendBatch(seq, { points: 10 });
    await device.close();

    await until(async () => (await countStored(twin.store, 'scrambled')) === 50);
    const bucket = twin.deployment.resources.find(({ type }) => type === 'AWS::S3::Bucket')?.ref ?? '';
    const keys = twin.services.s3.keys(bucket, 'parked/poison/');
    expect(keys).toEqual([expect.stringMatching(/^parked\/poison\/scrambled\/\d+$/)]);
    expect(await twin.services.s3.read(bucket, keys[0] ?? '')).toEqual(garbage);
    const { Metadata } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: keys[0] }));
    expect(Metadata?.reason).toMatch(/^a metrics message of 14 bytes cannot be read: /);
    expect(ingestSaid('a record will be retried')).toHaveLength(retries);
  });

  test('and the roll-ups of a minute become key figures of the fleet', async () => {
    const { cloudWatch } = system.twin.services;
    const device = await connectAs(system.twin, 'key-figures');
    // A minute of which no agent of these tests has told.
    const minuteMs = Math.floor(Date.now() / 60_000 - 15) * 60_000;
    const histogram = histogramOf([0.8, 1]);
    const point = {
      kind: 'rollup',
      name: 'neural_data_quality_score',
      labels: {},
      startMs: minuteMs - 60_000,
      timeMs: minuteMs,
      histogram,
    } as const;
    await device.send(1, [{ resource: { job: 'neural' }, points: [point] }]);
    await device.close();
    const periods = () => {
      const metric = cloudWatch.metrics.list().find(({ name }) => name === 'DataQualityScore');
      return metric ? cloudWatch.metrics.periods(metric, minuteMs, minuteMs + 60_000, 60_000) : [];
    };
    await until(() => periods().length > 0);
    expect(periods()).toEqual([{ startMs: minuteMs, count: 2, sum: 1.8, min: 0.8, max: 1 }]);
    expect(await countStored(system.twin.store, 'key-figures')).toBe(1);
  });

  test('and through all of that no function was refused anything by its role', () => {
    const refused = system.twin.logs.lines().filter(({ text }) => text.includes('is not authorized to perform'));
    expect(refused).toEqual([]);
  });
});
