import { greengrasscoreipc } from 'aws-iot-device-sdk-v2';
import type { EncodedMessage } from './messages.ts';
import { type ConnectionEvent, type MessageHandler, topicMatches, type Uplink } from './uplink.ts';

const { QOS } = greengrasscoreipc.model;

const MIN_RECONNECT_MS = 500;
const MAX_RECONNECT_MS = 30_000;
/** The nucleus answers a publish from memory; no answer within this means that the answer is not coming. */
const ANSWER_TIMEOUT_MS = 15_000;

/** What only tests replace. */
export interface GreengrassOptions {
  readonly minReconnectMs?: number;
  /** 0 to 1: spreads the reconnections of the components of one core. */
  readonly random?: () => number;
}

/**
 * IoT Core through the Greengrass nucleus, over its IPC socket. Socket and token come from the environment that the
 * nucleus gives its components (`AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT`, `SVCUID`). A completed publish
 * says that the nucleus spooled the message, in memory and 2.5 MB of it: no more than a PUBACK does.
 *
 * A client of the SDK connects once in its life, so each connection is a new one.
 */
export class GreengrassUplink implements Uplink {
  private readonly options: GreengrassOptions;
  private readonly subscriptions = new Map<string, MessageHandler>();
  private readonly listeners: ((event: ConnectionEvent) => void)[] = [];
  private client: greengrasscoreipc.Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private attempts = 0;
  private closed = false;

  constructor(options: GreengrassOptions = {}) {
    this.options = options;
  }

  connect(): void {
    void this.open();
  }

  async publish(topic: string, payload: EncodedMessage): Promise<void> {
    const client = this.client;
    if (!client) throw new Error(`Not connected to the nucleus: ${topic} stays in the buffer.`);
    try {
      // A copy: the SDK reads the whole ArrayBuffer behind a view.
      const bytes = Uint8Array.from(payload).buffer;
      await answered(client.publishToIoTCore({ topicName: topic, qos: QOS.AT_LEAST_ONCE, payload: bytes }), topic);
    } catch (error) {
      throw new Error(`The nucleus did not take a message on ${topic}: ${text(error)}`);
    }
  }

  subscribe(topicFilter: string, handler: MessageHandler): void {
    this.subscriptions.set(topicFilter, handler);
    if (this.client) void this.subscribeOn(this.client, topicFilter);
  }

  onConnection(listener: (event: ConnectionEvent) => void): void {
    this.listeners.push(listener);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    const client = this.client;
    this.client = undefined;
    await client?.close();
  }

  private async open(): Promise<void> {
    if (this.closed) return;
    try {
      const client = greengrasscoreipc.createClient();
      client.on('disconnection', (event) =>
        this.lost(client, text(event?.reason ?? 'the nucleus closed the connection')),
      );
      await client.connect();
      if (this.closed) {
        await client.close();
        return;
      }
      this.client = client;
      this.attempts = 0;
      this.report({ connected: true });
      await Promise.all([...this.subscriptions.keys()].map((filter) => this.subscribeOn(client, filter)));
    } catch (error) {
      this.report({ connected: false, reason: text(error) });
      this.openLater();
    }
  }

  private lost(client: greengrasscoreipc.Client, reason: string): void {
    if (this.closed || this.client !== client) return;
    this.client = undefined;
    this.report({ connected: false, reason });
    this.openLater();
  }

  private openLater(): void {
    if (this.closed) return;
    const { minReconnectMs = MIN_RECONNECT_MS, random = Math.random } = this.options;
    const limit = Math.min(MAX_RECONNECT_MS, minReconnectMs * 2 ** this.attempts);
    this.attempts += 1;
    this.retry = setTimeout(() => void this.open(), limit * (0.5 + random() / 2));
  }

  private async subscribeOn(client: greengrasscoreipc.Client, topicFilter: string): Promise<void> {
    try {
      const operation = client.subscribeToIoTCore({ topicName: topicFilter, qos: QOS.AT_LEAST_ONCE });
      operation.on('message', ({ message }) => {
        if (message) this.receive(topicFilter, message.topicName, message.payload);
      });
      // A malformed message is dropped; the stream goes on.
      operation.on('streamError', () => undefined);
      await answered(operation.activate(), topicFilter);
    } catch (error) {
      const connected = this.client !== undefined;
      this.report({ connected, reason: `The nucleus refused the subscription ${topicFilter}: ${text(error)}` });
    }
  }

  private receive(filter: string, topic: string, payload: unknown): void {
    const bytes = payload instanceof ArrayBuffer ? new Uint8Array(payload) : new TextEncoder().encode(String(payload));
    if (topicMatches(filter, topic)) this.subscriptions.get(filter)?.(topic, bytes);
  }

  private report(event: ConnectionEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

/** The SDK leaves a request without an answer pending for ever when its connection goes away. */
async function answered<T>(request: Promise<T>, subject: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${ANSWER_TIMEOUT_MS} ms (${subject})`)),
      ANSWER_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([request, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** An RPC error hides what the service said (`UnauthorizedError`) one level down. */
function text(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { serviceError } = error as { serviceError?: { message?: string } };
  return serviceError?.message ?? error.message;
}
