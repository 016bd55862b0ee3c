import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatBoot } from '../../core/alerting/boot.ts';
import type { MetricBatch } from '../../core/metrics/model.ts';
import { encodeAlerts, encodeMetrics } from '../../edge-agent/uplink/messages.ts';
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

  test('waits a throttling store out, and loses nothing', async () => {
    const [service, operation] = metricStore === 'timestream' ? ['timestream', 'WriteRecords'] : ['aps', 'RemoteWrite'];
    twin.faults.aws.next(service!, operation!, { error: 'ThrottlingException', status: 429, times: 4 });
    const before = await countStored(twin.store, 'lab-1');
    await uplink.publish(topics.metrics, encodeMetrics(batchOf(4, Date.now())));
    await until(() => isAcknowledged(4));
    expect(await countStored(twin.store, 'lab-1')).toBe(before + 1);
  });

  test('parks a message that cannot be read, and stores the next', async () => {
    const { s3 } = twin.services;
    await uplink.publish(topics.metrics, Buffer.from('no metrics') as never);
    await uplink.publish(topics.metrics, encodeMetrics(batchOf(5, Date.now())));
    await until(() => isAcknowledged(5));
    const archive = twin.outputs['nsmon-dev-ingest']?.ArchiveBucketName ?? '';
    expect(s3.keys(archive, 'parked/')).toEqual([expect.stringMatching(/^parked\/poison\/lab-1\//)]);
  });

  test("refuses a message in another thing's name", async () => {
    const before = await countStored(twin.store, 'lab-2');
    const foreign = topicsOf('dev', 'lab-2').metrics;
    await expect(uplink.publish(foreign, encodeMetrics(batchOf(6, Date.now())))).rejects.toThrow(/NotAuthorized/);
    expect(await countStored(twin.store, 'lab-2')).toBe(before);
  });

  test('brings an alert of the device to a person', async () => {
    const now = Date.now();
    const alert = {
      labels: { alertname: 'HighProcessingLatency', severity: 'critical', device_id: 'board-1' },
      annotations: { summary: 'Processing is slow' },
      state: 'firing',
      activeAtMs: now - 60_000,
      firedAtMs: now,
      value: 0.2,
    } as const;
    const report = { boot: formatBoot({ startMs: now, random: '1' }), seq: 1, sentAtMs: now, alerts: [alert] };
    await uplink.publish(topics.alerts, encodeAlerts(report));
    await until(() => twin.inbox.list().some(({ summary }) => summary.includes('HighProcessingLatency')));
    const page = await fetch(twin.functionUrl('acknowledge'));
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.status).toBeLessThan(500);
  });

  test('evaluates the rules of the cloud when the schedule fires', async () => {
    await twin.runSchedule('EveryMinute');
    await until(() => twin.logs.lines('nsmon-dev-heartbeat').some(({ text }) => text.includes('heartbeat: taken')));
  });

  test('no function was refused anything by its role, and no request went to nobody', () => {
    const lines = twin.logs
      .lines()
      .filter(({ text }) => /not authorized to perform|The twin has no|has no operation/.test(text));
    expect(lines).toEqual([]);
  });
});
