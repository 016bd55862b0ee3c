import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { AlertReport } from '../../../core/alerting/report.ts';
import { encodeAlerts } from '../../../edge-agent/uplink/messages.ts';
import { MqttUplink } from '../../../edge-agent/uplink/mqtt.ts';
import { topicsOf } from '../../../edge-agent/uplink/topics.ts';
import type { ConnectionEvent, Uplink } from '../../../edge-agent/uplink/uplink.ts';
import { TestBroker } from '../../support/mqtt-broker.ts';
import { TestAuthority } from '../../support/pki.ts';

const topics = topicsOf('dev', 'lab-1');
const report: AlertReport = { boot: 'b', seq: 1, sentAtMs: 0, alerts: [] };
const foreignTopic = topicsOf('dev', 'lab-2').alerts;

const directory = mkdtempSync(join(tmpdir(), 'nsmon-mqtt-'));
let authority: TestAuthority;
let broker: TestBroker;
const open: Uplink[] = [];

beforeAll(async () => {
  authority = await TestAuthority.create(join(directory, 'good'));
  broker = await TestBroker.start(authority, (topic) => topic !== foreignTopic);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((uplink) => uplink.close()));
});
afterAll(async () => {
  await broker.close();
  rmSync(directory, { recursive: true });
});

async function uplinkAs(thing: string, issuer: TestAuthority = authority) {
  const { certificateFile, privateKeyFile } = await issuer.issue(thing);
  const uplink = new MqttUplink({
    host: '127.0.0.1',
    port: broker.port,
    thing,
    certificateFile,
    privateKeyFile,
    caFile: authority.caFile,
  });
  open.push(uplink);
  const events: ConnectionEvent[] = [];
  const next = (connected: boolean) =>
    new Promise<ConnectionEvent>((resolve) => {
      uplink.onConnection((event) => {
        if (event.connected === connected) resolve(event);
      });
    });
  uplink.onConnection((event) => events.push(event));
  return { uplink, events, next };
}

describe('the MQTT uplink', () => {
  test('publishes with mutual TLS, its thing name as client id', async () => {
    const { uplink, next } = await uplinkAs('lab-1');
    const connected = next(true);
    uplink.connect();
    await connected;
    await uplink.publish(topics.alerts, encodeAlerts(report));
    const message = await broker.until(({ topic }) => topic === topics.alerts);
    expect(message.clientId).toBe('lab-1');
    expect(JSON.parse(message.payload.toString())).toEqual(report);
  });

  test('receives what is published on its subscriptions, also after the network was gone', async () => {
    const { uplink, next } = await uplinkAs('lab-3');
    const received: string[] = [];
    const listeners: (() => void)[] = [];
    uplink.subscribe('nsmon/dev/lab-3/+', (topic, payload) => {
      received.push(`${topic} ${Buffer.from(payload).toString()}`);
      for (const listener of listeners) listener();
    });
    const arrival = (message: string) =>
      new Promise<void>((resolve) => {
        listeners.push(() => {
          if (received.includes(message)) resolve();
        });
      });
    const connected = next(true);
    const first = arrival('nsmon/dev/lab-3/ack one');
    uplink.connect();
    await connected;
    await retryUntil(first, () => broker.publish('nsmon/dev/lab-3/ack', 'one'));
    const gone = next(false);
    broker.cut();
    await gone;
    await expect(uplink.publish(topics.alerts, encodeAlerts(report))).rejects.toThrow('Not connected');
    const back = next(true);
    broker.restore();
    await back;
    const second = arrival('nsmon/dev/lab-3/commands two');
    await retryUntil(second, () => broker.publish('nsmon/dev/lab-3/commands', 'two'));
    expect(new Set(received)).toEqual(new Set(['nsmon/dev/lab-3/ack one', 'nsmon/dev/lab-3/commands two']));
  });

  test('rejects a publish that the broker refuses and stays usable', async () => {
    const { uplink, next } = await uplinkAs('lab-4');
    const connected = next(true);
    uplink.connect();
    await connected;
    await expect(uplink.publish(foreignTopic, encodeAlerts(report))).rejects.toThrow('refused a message');
    await uplink.publish(topics.metrics, encodeAlerts(report));
  });

  test('never connects with a certificate of another authority, and says why', async () => {
    const rogue = await TestAuthority.create(join(directory, 'rogue'));
    const { uplink, events, next } = await uplinkAs('lab-1', rogue);
    const failed = next(false);
    uplink.connect();
    expect((await failed).reason).toMatch(/./);
    expect(events.some((event) => event.connected)).toBe(false);
  });
});

/** A subscription takes effect some time after the connection: the sender repeats itself until it was heard. */
async function retryUntil(heard: Promise<void>, send: () => Promise<void>): Promise<void> {
  let done = false;
  const finished = heard.then(() => {
    done = true;
  });
  while (!done) {
    await send();
    await Promise.race([finished, new Promise((resolve) => setTimeout(resolve, 20))]);
  }
}
