import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPki } from '../../local/pki/pki.ts';
import { countStored } from '../../local/start/stored.ts';
import { connectAs, connectWith, type Device } from '../support/device.ts';
import { type System, startSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const AS_VICTIM = { thing: 'victim', tenant: 'umbrella', site: 'raccoon-city' };

describe('a certificate is good for its own thing only', () => {
  let system: System;
  let victim: Device;

  beforeAll(async () => {
    system = await startSystem('timestream', ['ingest']);
    victim = await connectAs(system.twin, 'victim');
  }, 60_000);
  afterAll(async () => {
    await victim?.close();
    await system?.close();
  });

  const refusals = () => system.twin.logs.lines('broker').map(({ text }) => text);

  test.each([
    ['metrics', '$aws/rules/nsmon_dev_metrics/bci/victim/metrics'],
    ['alerts', '$aws/rules/nsmon_dev_alerts/bci/victim/alerts'],
    ['acknowledgements', 'nsmon/dev/victim/ack'],
    ['commands', 'nsmon/dev/victim/commands'],
    ['its own name without the rule', 'bci/mallory/metrics'],
  ])('to publish on the topic of another thing (%s) is refused', async (_what, topic) => {
    const mallory = await connectAs(system.twin, 'mallory');
    const published: string[] = [];
    const stopListening = system.twin.onPublished((message) => published.push(message.topic));
    await expect(mallory.publish(topic, Buffer.from('{}'))).rejects.toThrow(/not authorized/i);
    await mallory.close();
    stopListening();
    expect(published).not.toContain(topic);
    expect(refusals()).toContainEqual(`mallory: iot:Publish on topic/${topic} is not allowed`);
  });

  test('to publish on it with MQTT 3.1.1, which has no word for a refusal, ends the connection', async () => {
    const mallory = await connectAs(system.twin, 'mallory', { protocolVersion: 4 });
    const closed = new Promise<void>((resolve) => mallory.client.once('close', () => resolve()));
    mallory.client.publish('nsmon/dev/victim/commands', '{}', { qos: 0 });
    await closed;
    expect(mallory.client.connected).toBe(false);
  });

  test('to connect under the name of another thing is refused', async () => {
    await expect(connectAs(system.twin, 'mallory', { clientId: 'victim' })).rejects.toThrow(/not authorized/i);
    expect(refusals()).toContainEqual('mallory: iot:Connect on client/victim is not allowed');
    expect(victim.client.connected).toBe(true);
  });

  test.each(['nsmon/dev/victim/ack', 'nsmon/dev/+/ack', 'nsmon/#', '#', '$aws/rules/#'])(
    'to subscribe to %s is refused, and nothing is received',
    async (filter) => {
      const mallory = await connectAs(system.twin, 'mallory');
      const received: string[] = [];
      mallory.client.on('message', (topic) => received.push(topic));
      await expect(mallory.client.subscribeAsync(filter, { qos: 1 })).rejects.toThrow();
      await mallory.client.subscribeAsync('nsmon/dev/mallory/ack', { qos: 1 });
      await system.twin.publish('nsmon/dev/victim/ack', Buffer.from('for the victim'));
      await system.twin.publish('nsmon/dev/mallory/ack', Buffer.from('for mallory'));
      await until(() => received.length > 0);
      await mallory.close();
      expect(received).toEqual(['nsmon/dev/mallory/ack']);
    },
  );

  test('one of another authority, with the right name in it, is refused', async () => {
    const { caPath } = await system.twin.issueThing('victim');
    const rogue = await openPki(join(system.directory, 'rogue'), Date.now());
    const forged = { ...(await rogue.issue('victim')), caPath };
    await expect(connectWith(system.twin.mqttPort, forged, { clientId: 'victim' })).rejects.toThrow();
    expect(refusals().join('\n')).toMatch(/a certificate was refused/);
  });

  test('one of a thing that is not registered is refused', async () => {
    const pki = await openPki(join(system.directory, 'pki'), Date.now());
    const stranger = await pki.issue('stranger');
    await expect(connectWith(system.twin.mqttPort, stranger, { clientId: 'stranger' })).rejects.toThrow(
      /not authorized/i,
    );
  });

  test('whose points they are is said by the topic, whatever the payload claims', async () => {
    const mallory = await connectAs(system.twin, 'mallory');
    await mallory.sendBatch(1, { points: 3, resource: AS_VICTIM });
    await mallory.sendBatch(2, { points: 2, labels: AS_VICTIM });
    await mallory.close();
    const { store } = system.twin;
    if (store.kind !== 'timestream') throw new Error('this test asks Timestream');
    await until(async () => (await countStored(store, 'mallory')) === 5);
    const { rows } = await store.query(
      `SELECT DISTINCT thing, tenant, site FROM "${store.database}"."metrics" ORDER BY thing`,
    );
    expect(rows).toEqual([['mallory', 'acme', 'berlin']]);
  });
});
