import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { MetricBatch } from '../../core/metrics/model.ts';
import { encodeMetrics } from '../../edge-agent/uplink/messages.ts';
import { MqttUplink } from '../../edge-agent/uplink/mqtt.ts';
import { topicsOf } from '../../edge-agent/uplink/topics.ts';
import { prepareAssembly } from '../../local/assembly.ts';
import { countStored } from '../../local/start/stored.ts';
import { startTwin, type Twin } from '../../local/twin.ts';
import { until } from '../support/until.ts';

const topics = topicsOf('dev', 'lab-1');

function batchOf(seq: number, timeMs: number): MetricBatch {
  const point = { kind: 'gauge', name: 'neural_data_quality_score', labels: {}, timeMs, value: 0.9 } as const;
  return {
    boot: 'boot-1',
    seq,
    sentAtMs: timeMs,
    ackRequested: true,
    groups: [{ resource: { job: 'neural', instance: 'lab-1' }, points: [point] }],
  };
}

describe.each(['timestream', 'prometheus'] as const)('the deployed system with %s as its store', (metricStore) => {
  let twin: Twin;
  let uplink: MqttUplink;
  const dataDir = mkdtempSync(join(tmpdir(), 'nsmon-test-'));
  const acknowledged: { boot: string; ranges: [number, number][] }[] = [];

  beforeAll(async () => {
    const { directory } = await prepareAssembly({ projectRoot: process.cwd(), context: { env: 'dev', metricStore } });
    twin = await startTwin({ assemblyDir: directory, dataDir, warm: ['ingest'] });
    const thing = await twin.issueThing('lab-1', { tenant: 'acme', site: 'berlin' });
    uplink = new MqttUplink({
      host: thing.mqttHost,
      port: thing.mqttPort,
      thing: 'lab-1',
      certificateFile: thing.certPath,
      privateKeyFile: thing.keyPath,
      caFile: thing.caPath,
    });
    const connected = new Promise<void>((resolve) => uplink.onConnection((event) => event.connected && resolve()));
    uplink.subscribe(topics.acknowledgements, (_, payload) =>
      acknowledged.push(JSON.parse(Buffer.from(payload).toString())),
    );
    uplink.connect();
    await connected;
  }, 60_000);

  afterAll(async () => {
    await uplink?.close();
    await twin?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const isAcknowledged = (seq: number) =>
    acknowledged.some(({ ranges }) => ranges.some(([from, to]) => from <= seq && seq <= to));

  test('stores a message from the device and tells the device so', async () => {
    await uplink.publish(topics.metrics, encodeMetrics(batchOf(1, Date.now())));
    await until(() => isAcknowledged(1));
    expect(await countStored(twin.store, 'lab-1')).toBe(1);
  });

  test('stores a point once although the function failed after it had written it', async () => {
    twin.faults.lambda('ingest', { loseAnswerOfNext: 1 });
    const before = await countStored(twin.store, 'lab-1');
    await uplink.publish(topics.metrics, encodeMetrics(batchOf(2, Date.now())));
    await until(() => twin.services.kinesis.idle && isAcknowledged(2));
    expect(await countStored(twin.store, 'lab-1')).toBe(before + 1);
  });

  test('stores what was published while the function died again and again', async () => {
    twin.faults.lambda('ingest', { throwNext: 1, killNext: 1 });
    const before = await countStored(twin.store, 'lab-1');
    await uplink.publish(topics.metrics, encodeMetrics(batchOf(3, Date.now())));
    await until(() => isAcknowledged(3));
    expect(await countStored(twin.store, 'lab-1')).toBe(before + 1);
  });
});
