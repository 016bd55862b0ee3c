import type { AlertReport } from '../../core/alerting/report.ts';
import type { HealResult } from '../../core/healing/command.ts';
import type { PointGroup } from '../../core/metrics/model.ts';
import { parseAcknowledgement } from '../buffer/acknowledgement.ts';
import type { BufferedMessage, DiskBuffer, Ledger } from '../buffer/disk-buffer.ts';
import { type ResendPolicy, ResendSchedule } from '../buffer/resend.ts';
import {
  countPoints,
  decodeMetrics,
  type EncodedMessage,
  encodeAlerts,
  encodeHealResult,
  encodeMetrics,
  split,
} from './messages.ts';
import type { Topics } from './topics.ts';
import type { Uplink } from './uplink.ts';

export interface OutboxOptions {
  readonly boot: string;
  readonly topics: Topics;
  readonly buffer: DiskBuffer;
  readonly uplink: Uplink;
  readonly resend: ResendPolicy;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onProblem: (message: string) => void;
}

/** What left the site. */
export interface Egress {
  readonly messages: number;
  readonly bytes: number;
}

/**
 * IoT Core throws away what exceeds 100 publishes a second on a connection. Re-sending takes half of that at most: new
 * measurements and alerts never wait behind old ones.
 */
const RESENDS_PER_ROUND = 50;
const BYTES_PER_ROUND = 256 * 1024;

/**
 * Between the collections and the uplink: numbers the messages, buffers each before it is sent, sends again what the
 * store has not acknowledged. Of what leaves the site everything goes through here, and it takes only measurements,
 * alerts and outcomes of commands.
 */
export class Outbox {
  private readonly options: OutboxOptions;
  private readonly schedule: ResendSchedule;
  private seq = 0;
  private alertSeq = 0;
  private resending: Promise<void> | undefined;
  private connected = false;
  private lastAck: number | undefined;
  private sentMessages = 0;
  private sentBytes = 0;
  private points = 0;

  constructor(options: OutboxOptions) {
    this.options = options;
    this.schedule = new ResendSchedule(options.resend);
    options.uplink.onConnection(({ connected }) => {
      this.connected = connected;
    });
    options.uplink.subscribe(options.topics.acknowledgements, (_topic, payload) => {
      this.acknowledged(payload).catch((error: unknown) => this.problem(error));
    });
  }

  get isConnected(): boolean {
    return this.connected;
  }

  get lastSeq(): number {
    return this.seq;
  }

  /** When the store last acknowledged something that waited. */
  get lastAckMs(): number | undefined {
    return this.lastAck;
  }

  get ledger(): Ledger {
    return this.options.buffer.ledger();
  }

  get egress(): Egress {
    return { messages: this.sentMessages, bytes: this.sentBytes };
  }

  /** Points recorded in this run. */
  get pointsPut(): number {
    return this.points;
  }

  get buffered(): { readonly messages: number; readonly bytes: number } {
    return { messages: this.options.buffer.waiting().length, bytes: this.options.buffer.bytes };
  }

  /**
   * Resolves when `groups` are buffered and were tried to send. `lost` more points count as recorded without being
   * there: a fault injected to see that the check at the other end finds it.
   */
  async put(groups: readonly PointGroup[], { ackRequested = false, lost = 0 } = {}): Promise<void> {
    const { boot, buffer, now } = this.options;
    const encode = (content: readonly PointGroup[], seq: number): EncodedMessage =>
      encodeMetrics({ boot, seq, sentAtMs: now(), ackRequested, groups: content });
    let missing = lost;
    for (const content of split(groups, (part) => encode(part, this.seq + 1))) {
      this.seq += 1;
      const seq = this.seq;
      const payload = encode(content, seq);
      const points = countPoints(content) + missing;
      missing = 0;
      await buffer.append({ boot, seq, points, recordedAtMs: now() }, payload);
      this.points += points;
      if (this.connected) await this.send({ boot, seq }, payload);
    }
  }

  /** The complete set of alerts. True when the next hop has it; alerts are not buffered, the next report says all. */
  async report(alerts: AlertReport['alerts'], session?: AlertReport['session']): Promise<boolean> {
    if (!this.connected) return false;
    this.alertSeq += 1;
    const { boot, now, topics } = this.options;
    const report = { boot, seq: this.alertSeq, sentAtMs: now(), alerts, ...(session ? { session } : {}) };
    return this.publish(topics.alerts, encodeAlerts(report));
  }

  /** What became of a command to heal. True when the next hop has it; whoever tells it keeps it until then. */
  async answer(result: HealResult): Promise<boolean> {
    return this.connected && this.publish(this.options.topics.healing, encodeHealResult(result));
  }

  /**
   * Sends again what is due, or `all` that waits; to be called every second. The last of a round asks for an
   * acknowledgement at once. Resolves when the round, or the one that already runs, is over.
   */
  resend({ all = false } = {}): Promise<void> {
    if (!this.connected) return this.resending ?? Promise.resolve();
    this.resending ??= this.resendRound(all ? Number.POSITIVE_INFINITY : this.options.now())
      .catch((error: unknown) => this.problem(error))
      .finally(() => {
        this.resending = undefined;
      });
    return this.resending;
  }

  private async resendRound(dueMs: number): Promise<void> {
    const due = this.schedule.due(this.options.buffer.waiting(), dueMs, RESENDS_PER_ROUND);
    const round = withinBytes(due, BYTES_PER_ROUND);
    for (const message of round) {
      if (!this.connected) return;
      await this.resendOne(message, message === round.at(-1));
    }
  }

  private async resendOne(message: BufferedMessage, ackRequested: boolean): Promise<void> {
    const stored = await this.options.buffer.read(message);
    if (!stored) return;
    await this.send(message, encodeMetrics({ ...decodeMetrics(stored), ackRequested }));
  }

  private async send(message: { boot: string; seq: number }, payload: EncodedMessage): Promise<void> {
    // Noted before: while it is on its way it is not due.
    this.schedule.sent(message, this.options.now());
    if (!(await this.publish(this.options.topics.metrics, payload))) this.schedule.forget(message);
  }

  private async publish(topic: string, payload: EncodedMessage): Promise<boolean> {
    try {
      await this.options.uplink.publish(topic, payload);
      this.sentMessages += 1;
      this.sentBytes += payload.byteLength;
      return true;
    } catch (error) {
      this.problem(error);
      return false;
    }
  }

  private problem(error: unknown): void {
    this.options.onProblem(error instanceof Error ? error.message : String(error));
  }

  private async acknowledged(payload: Uint8Array): Promise<void> {
    const acknowledgement = parseAcknowledgement(payload);
    if (!acknowledgement) {
      this.options.onProblem('an acknowledgement that cannot be read was ignored');
      return;
    }
    const done = await this.options.buffer.acknowledge(acknowledgement);
    for (const message of done) this.schedule.forget(message);
    if (done.length > 0) this.lastAck = this.options.now();
  }
}

/** As many of the first messages as fit; at least one. */
function withinBytes(messages: readonly BufferedMessage[], limit: number): readonly BufferedMessage[] {
  let bytes = 0;
  const end = messages.findIndex((message, i) => {
    bytes += message.bytes;
    return i > 0 && bytes > limit;
  });
  return end < 0 ? messages : messages.slice(0, end);
}
