import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { refusal } from '../../../local/iot/authorizer.ts';
import { type Broker, type Published, startBroker } from '../../../local/iot/broker.ts';
import { ThingRegistry } from '../../../local/iot/things.ts';
import { openPki, type Pki } from '../../../local/pki/pki.ts';
import { until } from '../../support/until.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
const THING = '${iot:Connection.Thing.ThingName}';
const arn = (resource: string) => `arn:aws:iot:us-east-1:123456789012:${resource}`;

const directory = mkdtempSync(join(tmpdir(), 'nsmon-broker-'));
const registry = new ThingRegistry();
const published: Published[] = [];
const log: string[] = [];
const clients: MqttClient[] = [];
let pki: Pki;
let broker: Broker;

beforeAll(async () => {
  pki = await openPki(join(directory, 'pki'), Date.now());
  registry.policies.set('agent', {
    Statement: [
      { Effect: 'Allow', Action: 'iot:Connect', Resource: arn(`client/${THING}`) },
      { Effect: 'Allow', Action: 'iot:Publish', Resource: arn(`topic/$aws/rules/metrics/bci/${THING}/*`) },
      { Effect: 'Allow', Action: 'iot:Subscribe', Resource: arn(`topicfilter/nsmon/${THING}/*`) },
      { Effect: 'Allow', Action: 'iot:Receive', Resource: arn(`topic/nsmon/${THING}/*`) },
    ],
  });
  registry.attached.add('agent');
  registry.put('lab-1', {});
  registry.put('lab-2', {});
  broker = await startBroker({
    pki,
    refuse: (request) => refusal(registry, request, arn),
    onPublished: (message) => published.push(message),
    log: (line) => log.push(line),
  });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
  published.splice(0);
  log.splice(0);
});
afterAll(async () => {
  await broker.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Connects with the certificate of a thing. @throws Error when the broker does not let it in */
async function connect(thing: string, options: IClientOptions = {}, authority: Pki = pki): Promise<MqttClient> {
  const { certPath, keyPath } = await authority.issue(thing);
  const client = mqtt.connect(`mqtts://127.0.0.1:${broker.port}`, {
    protocolVersion: 5,
    clientId: thing,
    cert: readFileSync(certPath),
    key: readFileSync(keyPath),
    ca: readFileSync(pki.caPath),
    reconnectPeriod: 0,
    ...options,
  });
  clients.push(client);
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('error', reject);
    client.once('close', () => reject(new Error('closed')));
  });
  return client;
}

const own = '$aws/rules/metrics/bci/lab-1/metrics';

describe('the broker', () => {
  test.each([4, 5] as const)('takes a message of MQTT version %i that the policy allows', async (protocolVersion) => {
    const client = await connect('lab-1', { protocolVersion });
    await client.publishAsync(own, Buffer.from([1, 2]), { qos: 1 });
    expect(published).toEqual([{ topic: own, payload: Buffer.from([1, 2]), clientId: 'lab-1' }]);
  });

  test("refuses another thing's topic with PUBACK 0x87, and stays connected", async () => {
    const client = await connect('lab-1');
    const foreign = client.publishAsync('$aws/rules/metrics/bci/lab-2/metrics', 'x', { qos: 1 });
    await expect(foreign).rejects.toMatchObject({ code: 0x87 });
    expect(published).toEqual([]);
    expect(log).toEqual(['lab-1: iot:Publish on topic/$aws/rules/metrics/bci/lab-2/metrics is not allowed']);
    await client.publishAsync(own, 'y', { qos: 1 });
    expect(published).toHaveLength(1);
  });

  test('hangs up on a client of MQTT 3.1.1 that publishes what it may not', async () => {
    const client = await connect('lab-1', { protocolVersion: 4 });
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    client.publish('anything', 'x', { qos: 1 });
    await closed;
    expect(published).toEqual([]);
  });

  test('lets a certificate connect as its own thing only', async () => {
    await expect(connect('lab-1', { clientId: 'lab-2' })).rejects.toThrow(/Not authorized/);
  });

  test('refuses the certificate of a thing that is not registered', async () => {
    await expect(connect('stranger')).rejects.toThrow(/Not authorized/);
  });

  test('refuses the certificate of another authority', async () => {
    const rogue = await openPki(join(directory, 'rogue'), Date.now());
    await expect(connect('lab-1', {}, rogue)).rejects.toThrow();
    await until(() => log.length > 0);
    expect(log[0]).toMatch(/a certificate was refused/);
  });

  test('refuses a client without a certificate', async () => {
    await expect(connect('lab-1', { cert: undefined, key: undefined } as unknown as IClientOptions)).rejects.toThrow();
  });

  test('delivers what the cloud publishes to the thing that is meant, and to no other', async () => {
    const [first, second] = [await connect('lab-1'), await connect('lab-2')];
    const received: string[] = [];
    first.on('message', (topic) => received.push(topic));
    await first.subscribeAsync('nsmon/lab-1/ack', { qos: 1 });
    await expect(second.subscribeAsync('nsmon/lab-1/ack', { qos: 1 })).rejects.toThrow();
    await broker.publish('nsmon/lab-1/ack', Buffer.from('{}'), 1);
    await until(() => received.length > 0);
    expect(received).toEqual(['nsmon/lab-1/ack']);
  });

  test('survives a connection that ends while a message is on its way to it', async () => {
    const client = await connect('lab-1');
    await client.subscribeAsync('nsmon/lab-1/ack', { qos: 1 });
    client.stream.destroy();
    // There is a moment in which the socket is gone and the broker has not noticed.
    while (broker.connected.has('lab-1')) {
      await Promise.all(Array.from({ length: 20 }, () => broker.publish('nsmon/lab-1/ack', Buffer.from('{}'), 1)));
    }
    await connect('lab-1');
  });

  test('refuses a filter that is wider than the policy', async () => {
    const client = await connect('lab-1');
    await expect(client.subscribeAsync('nsmon/+/ack', { qos: 1 })).rejects.toThrow();
    await expect(client.subscribeAsync('#', { qos: 1 })).rejects.toThrow();
  });

  test('keeps the session of a thing that is away, and delivers what it missed', async () => {
    const options: IClientOptions = { clean: false, properties: { sessionExpiryInterval: 600 } };
    const before = await connect('lab-1', options);
    await before.subscribeAsync('nsmon/lab-1/ack', { qos: 1 });
    await before.endAsync(true);
    await until(() => !broker.connected.has('lab-1'));
    await broker.publish('nsmon/lab-1/ack', Buffer.from('missed'), 1);
    const { certPath, keyPath } = await pki.issue('lab-1');
    const after = mqtt.connect(`mqtts://127.0.0.1:${broker.port}`, {
      ...options,
      protocolVersion: 5,
      clientId: 'lab-1',
      cert: readFileSync(certPath),
      key: readFileSync(keyPath),
      ca: readFileSync(pki.caPath),
      reconnectPeriod: 0,
    });
    clients.push(after);
    const payload = await new Promise<string>((resolve) =>
      after.once('message', (_, body) => resolve(body.toString())),
    );
    expect(payload).toBe('missed');
  });

  test('ends the connection of a client that sends more than 128 KB', async () => {
    const client = await connect('lab-1');
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    client.on('error', () => {});
    client.publish(own, Buffer.alloc(140 * 1024), { qos: 1 }, () => {});
    await closed;
    expect(published).toEqual([]);
  });

  test('takes a message of 128 KB', async () => {
    const client = await connect('lab-1');
    await client.publishAsync(own, Buffer.alloc(128 * 1024), { qos: 1 });
    expect(published[0]?.payload).toHaveLength(128 * 1024);
  });

  test('can go down and come up again on the same port', async () => {
    const client = await connect('lab-1');
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    await broker.goDown();
    await closed;
    await expect(connect('lab-1')).rejects.toThrow(/ECONNREFUSED/);
    await broker.comeUp();
    await connect('lab-1');
  });
});
