import { readFileSync } from 'node:fs';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { Labels, PointGroup } from '../../core/metrics/model.ts';
import { encodeMetrics } from '../../edge-agent/uplink/messages.ts';
import { type Topics, topicsOf } from '../../edge-agent/uplink/topics.ts';
import type { KeyFiles } from '../../local/pki/pki.ts';
import type { Twin } from '../../local/twin.ts';
import { ENVIRONMENT } from './system.ts';

/** A device that does what a test wants, with a thing's real certificate: an agent would not misbehave. */
export interface Device {
  readonly client: MqttClient;
  readonly topics: Topics;
  publish(topic: string, payload: Buffer): Promise<void>;
  /** One message of metrics. */
  send(seq: number, groups: readonly PointGroup[]): Promise<void>;
  /** One message of gauges. */
  sendBatch(seq: number, content: { points: number; resource?: Labels; labels?: Labels }): Promise<void>;
  close(): Promise<void>;
}

/** @param options of the connection; the certificate's own name is the client id unless given */
export async function connectAs(twin: Twin, thing: string, options: IClientOptions = {}): Promise<Device> {
  const identity = await twin.issueThing(thing, { tenant: 'acme', site: 'berlin' });
  const client = await connectWith(twin.mqttPort, identity, { clientId: thing, ...options });
  const topics = topicsOf(ENVIRONMENT, thing);
  const publish = async (topic: string, payload: Buffer): Promise<void> => {
    await client.publishAsync(topic, payload, { qos: 1 });
  };
  const send = (seq: number, groups: readonly PointGroup[]): Promise<void> => {
    const batch = { boot: 'device-1', seq, sentAtMs: Date.now(), ackRequested: false, groups };
    return publish(topics.metrics, Buffer.from(encodeMetrics(batch)));
  };
  return {
    client,
    topics,
    publish,
    send,
    async sendBatch(seq, { points, resource = {}, labels = {} }) {
      // Batches of the same millisecond would be the same points.
      const timeMs = Date.now() - 1000 + seq;
      const group: PointGroup = {
        resource: { job: 'neural', instance: thing, ...resource },
        points: Array.from({ length: points }, (_, i) => ({
          kind: 'gauge',
          name: 'neural_channel_quality_score',
          labels: { channel: String(i), ...labels },
          timeMs,
          value: seq,
        })),
      };
      await send(seq, [group]);
    },
    close: () => client.endAsync(),
  };
}

/** Rejects when the broker refuses the certificate or the client id. Never connects again by itself. */
export async function connectWith(port: number, files: KeyFiles, options: IClientOptions): Promise<MqttClient> {
  const client = connect({
    protocol: 'mqtts',
    host: '127.0.0.1',
    port,
    cert: readFileSync(files.certPath),
    key: readFileSync(files.keyPath),
    ca: readFileSync(files.caPath),
    protocolVersion: 5,
    reconnectPeriod: 0,
    ...options,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
      // With TLS 1.3 a client has finished its part of the handshake when its certificate is refused.
      client.once('close', () => reject(new Error('the broker ended the connection')));
    });
  } catch (error) {
    client.end(true);
    throw error;
  }
  // Later errors are told by what they break.
  client.on('error', () => undefined);
  return client;
}
