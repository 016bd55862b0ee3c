import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AlertReport } from '../../../core/alerting/report.ts';
import { GreengrassUplink } from '../../../edge-agent/uplink/greengrass.ts';
import { encodeAlerts } from '../../../edge-agent/uplink/messages.ts';
import { topicsOf } from '../../../edge-agent/uplink/topics.ts';
import type { ConnectionEvent } from '../../../edge-agent/uplink/uplink.ts';
import { GreengrassIpcServer } from '../../support/greengrass-ipc-server.ts';

const SOCKET = 'AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT';
const topics = topicsOf('dev', 'lab-1');
const report: AlertReport = { boot: 'b', seq: 1, sentAtMs: 0, alerts: [] };

let directory: string;
let server: GreengrassIpcServer;
let uplink: GreengrassUplink;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'nsmon-gg-'));
  process.env[SOCKET] = join(directory, 'ipc.socket');
  process.env.SVCUID = 'token-of-the-component';
  server = await GreengrassIpcServer.start(
    join(directory, 'ipc.socket'),
    'token-of-the-component',
    (topic) => !topic.includes('lab-2'),
  );
  uplink = new GreengrassUplink({ minReconnectMs: 20 });
});
afterEach(async () => {
  await uplink.close();
  await server.close();
  rmSync(directory, { recursive: true });
  delete process.env[SOCKET];
  delete process.env.SVCUID;
});

function next(connected: boolean): Promise<ConnectionEvent> {
  return new Promise((resolve) => {
    uplink.onConnection((event) => {
      if (event.connected === connected) resolve(event);
    });
  });
}

describe('the Greengrass uplink', () => {
  test('publishes to IoT Core with QoS 1 through the nucleus', async () => {
    const connected = next(true);
    uplink.connect();
    await connected;
    await uplink.publish(topics.alerts, encodeAlerts(report));
    expect(server.published).toEqual([
      { topicName: topics.alerts, qos: '1', payload: Buffer.from(JSON.stringify(report)) },
    ]);
  });

  test('hands over the bytes as they are, also from the middle of a larger buffer', async () => {
    const connected = next(true);
    uplink.connect();
    await connected;
    const bytes = Uint8Array.from({ length: 1_000 }, (_, i) => i % 256).subarray(100, 900);
    await uplink.publish(topics.metrics, bytes as ReturnType<typeof encodeAlerts>);
    expect(server.published[0]?.payload.equals(bytes)).toBe(true);
  });

  test('rejects what the access control of the component does not allow, with the reason', async () => {
    const connected = next(true);
    uplink.connect();
    await connected;
    await expect(uplink.publish(topicsOf('dev', 'lab-2').alerts, encodeAlerts(report))).rejects.toThrow(
      'Not authorized for $aws/rules/nsmon_dev_alerts/bci/lab-2/alerts',
    );
  });

  test('receives messages, also after the nucleus was restarted: with a new client that subscribes again', async () => {
    const received: string[] = [];
    let heard: () => void = () => undefined;
    uplink.subscribe(topics.acknowledgements, (topic, payload) => {
      received.push(`${topic} ${Buffer.from(payload).toString()}`);
      heard();
    });
    uplink.connect();
    await server.until(() => server.subscriptions.length === 1);
    let arrival = new Promise<void>((resolve) => {
      heard = resolve;
    });
    server.deliver(topics.acknowledgements, 'one');
    await arrival;

    const lost = next(false);
    server.disconnectAll();
    await lost;
    await expect(uplink.publish(topics.alerts, encodeAlerts(report))).rejects.toThrow('Not connected to the nucleus');
    await server.until(() => server.subscriptions.length === 1);
    arrival = new Promise<void>((resolve) => {
      heard = resolve;
    });
    server.deliver(topics.acknowledgements, 'two');
    await arrival;
    expect(received).toEqual([`${topics.acknowledgements} one`, `${topics.acknowledgements} two`]);
  });

  test('says that it is not connected when the nucleus refuses its token', async () => {
    process.env.SVCUID = 'another-token';
    const refused = next(false);
    uplink.connect();
    expect((await refused).reason).toMatch(/connack|connection/i);
  });
});
