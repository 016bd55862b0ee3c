import type { AlertReport } from '../../core/alerting/report.ts';
import type { HealResult } from '../../core/healing/command.ts';
import { fullLabels, type MetricBatch, type Point, seriesKey } from '../../core/metrics/model.ts';
import { decodeMetrics, type EncodedMessage } from '../../edge-agent/uplink/messages.ts';
import {
  type ConnectionEvent,
  type MessageHandler,
  topicMatches,
  type Uplink,
} from '../../edge-agent/uplink/uplink.ts';

/** An uplink in memory: the test decides whether it is connected, and whether what it takes reaches the store. */
export class FakeUplink implements Uplink {
  readonly batches: MetricBatch[] = [];
  readonly reports: AlertReport[] = [];
  readonly results: HealResult[] = [];
  /** False: the next hop takes messages, and loses them. */
  delivers = true;
  /** Acknowledges each batch that arrives. */
  acknowledges = true;
  private readonly handlers: { filter: string; handler: MessageHandler }[] = [];
  private readonly listeners: ((event: ConnectionEvent) => void)[] = [];
  private connected = false;
  private readonly online: boolean;

  constructor({ online = true } = {}) {
    this.online = online;
  }

  connect(): void {
    if (this.online) this.setConnected(true);
  }

  setConnected(connected: boolean): void {
    this.connected = connected;
    for (const listener of this.listeners) listener(connected ? { connected } : { connected, reason: 'no network' });
  }

  async publish(topic: string, payload: EncodedMessage): Promise<void> {
    if (!this.connected) throw new Error('not connected');
    if (!this.delivers) return;
    if (topic.endsWith('/alerts')) this.reports.push(JSON.parse(Buffer.from(payload).toString()) as AlertReport);
    else if (topic.endsWith('/healing')) this.results.push(JSON.parse(Buffer.from(payload).toString()) as HealResult);
    else {
      const batch = decodeMetrics(payload);
      this.batches.push(batch);
      if (this.acknowledges) this.acknowledge(batch.boot, [[batch.seq, batch.seq]]);
    }
  }

  subscribe(filter: string, handler: MessageHandler): void {
    this.handlers.push({ filter, handler });
  }

  onConnection(listener: (event: ConnectionEvent) => void): void {
    this.listeners.push(listener);
  }

  async close(): Promise<void> {
    this.connected = false;
  }

  acknowledge(boot: string, ranges: [number, number][]): void {
    this.deliver('nsmon/dev/lab-1/ack', { boot, ranges });
  }

  command(command: object): void {
    this.deliver('nsmon/dev/lab-1/commands', command);
  }

  /** Points as a store with idempotent keys has them: what arrives twice counts once. */
  storedPoints(): Map<string, Point> {
    const stored = new Map<string, Point>();
    for (const { groups } of this.batches) {
      for (const { resource, points } of groups) {
        for (const point of points) {
          const series = seriesKey(point.name, fullLabels(resource, point.labels));
          stored.set(`${point.kind} ${series} ${point.timeMs}`, point);
        }
      }
    }
    return stored;
  }

  private deliver(topic: string, message: object): void {
    const payload = new TextEncoder().encode(JSON.stringify(message));
    for (const { filter, handler } of this.handlers) if (topicMatches(filter, topic)) handler(topic, payload);
  }
}
