import { iot, mqtt5 } from 'aws-iot-device-sdk-v2';
import type { EncodedMessage } from './messages.ts';
import { type ConnectionEvent, type MessageHandler, topicMatches, type Uplink } from './uplink.ts';

export interface MqttOptions {
  /** The account's IoT data endpoint (`....-ats.iot.us-east-1.amazonaws.com`) or the twin's broker. */
  readonly host: string;
  /** 8883 by default. */
  readonly port?: number;
  /** The thing's name, and so the client id: the IoT policy admits no other. */
  readonly thing: string;
  /** PEM files. Without a CA file the system's trust store decides. */
  readonly certificateFile: string;
  readonly privateKeyFile: string;
  readonly caFile?: string;
}

/** Keep-alive of 30 s: a dead link is seen within 45 s, and 2,880 pings a day cost less than a cent a year. */
const KEEP_ALIVE_SECONDS = 30;
/** The longest a broker keeps acknowledgements for us while we are away: IoT Core's default persistent session. */
const SESSION_EXPIRY_SECONDS = 3_600;
const MIN_RECONNECT_MS = 500;
const MAX_RECONNECT_MS = 30_000;
/** A PUBACK that takes longer is not coming; the message is sent again. */
const ACK_TIMEOUT_SECONDS = 15;

/**
 * MQTT 5 with mutual TLS through the AWS Common Runtime. The builder's defaults keep to IoT Core's limits of one
 * connection: 100 publishes and 512 KB a second.
 */
export class MqttUplink implements Uplink {
  private readonly client: mqtt5.Mqtt5Client;
  private readonly subscriptions = new Map<string, MessageHandler>();
  private readonly listeners: ((event: ConnectionEvent) => void)[] = [];
  private connected = false;
  private closing = false;

  constructor(options: MqttOptions) {
    this.client = new mqtt5.Mqtt5Client(clientConfig(options));
    this.client.on('messageReceived', ({ message }) => this.receive(message.topicName, message.payload));
    this.client.on('connectionSuccess', ({ settings }) => {
      if (!settings.rejoinedSession) this.subscribeAll();
      this.report({ connected: true });
    });
    this.client.on('connectionFailure', ({ error, connack }) => {
      this.report({ connected: false, reason: connack?.reasonString ?? text(error) });
    });
    this.client.on('disconnection', ({ error }) => this.report({ connected: false, reason: text(error) }));
    // Without a listener an error of the native client would end the process; what failed has been reported above.
    this.client.on('error', (error) => this.report({ connected: false, reason: text(error) }));
  }

  connect(): void {
    this.client.start();
  }

  async publish(topic: string, payload: EncodedMessage): Promise<void> {
    if (!this.connected) throw new Error(`Not connected: ${topic} stays in the buffer.`);
    const ack = await this.client.publish({ topicName: topic, qos: mqtt5.QoS.AtLeastOnce, payload });
    const reason = ack?.reasonCode ?? mqtt5.PubackReasonCode.Success;
    // 0x80 and above are refusals; below are successes, "no matching subscribers" among them.
    if (reason >= 0x80) {
      throw new Error(`The broker refused a message on ${topic}: ${mqtt5.PubackReasonCode[reason] ?? reason}.`);
    }
  }

  subscribe(topicFilter: string, handler: MessageHandler): void {
    this.subscriptions.set(topicFilter, handler);
    if (this.connected) this.subscribeAll();
  }

  onConnection(listener: (event: ConnectionEvent) => void): void {
    this.listeners.push(listener);
  }

  async close(): Promise<void> {
    this.closing = true;
    await new Promise<void>((resolve) => {
      this.client.once('stopped', () => resolve());
      // Without a DISCONNECT packet: asked to send one while a message arrives, the client never reports that it has
      // stopped. The broker needs none either, since we leave no last will.
      this.client.stop();
    });
    this.client.close();
  }

  private subscribeAll(): void {
    if (this.subscriptions.size === 0) return;
    const subscriptions = [...this.subscriptions.keys()].map((topicFilter) => ({
      topicFilter,
      qos: mqtt5.QoS.AtLeastOnce,
    }));
    this.client.subscribe({ subscriptions }).then(
      (ack) => {
        const refused = subscriptions.filter((_, i) => (ack.reasonCodes[i] ?? 0) >= 0x80);
        if (refused.length > 0) {
          const filters = refused.map(({ topicFilter }) => topicFilter).join(', ');
          this.report({ connected: this.connected, reason: `The broker refused the subscriptions ${filters}.` });
        }
      },
      // The connection went away meanwhile; the next one subscribes again.
      () => undefined,
    );
  }

  private receive(topic: string, payload: mqtt5.Payload | undefined): void {
    const bytes = toBytes(payload);
    for (const [filter, handler] of this.subscriptions) if (topicMatches(filter, topic)) handler(topic, bytes);
  }

  private report(event: ConnectionEvent): void {
    this.connected = event.connected;
    // That the connection ends is no news to who ends it.
    if (this.closing) return;
    for (const listener of this.listeners) listener(event);
  }
}

function clientConfig(options: MqttOptions): mqtt5.Mqtt5ClientConfig {
  const builder = iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromPath(
    options.host,
    options.certificateFile,
    options.privateKeyFile,
  );
  if (options.caFile !== undefined) builder.withCertificateAuthorityFromPath(undefined, options.caFile);
  if (options.port !== undefined) builder.withPort(options.port);
  return (
    builder
      .withConnectProperties({
        clientId: options.thing,
        keepAliveIntervalSeconds: KEEP_ALIVE_SECONDS,
        sessionExpiryIntervalSeconds: SESSION_EXPIRY_SECONDS,
      })
      .withSessionBehavior(mqtt5.ClientSessionBehavior.RejoinPostSuccess)
      .withRetryJitterMode(mqtt5.RetryJitterType.Full)
      .withMinReconnectDelayMs(MIN_RECONNECT_MS)
      .withMaxReconnectDelayMs(MAX_RECONNECT_MS)
      .withAckTimeoutSeconds(ACK_TIMEOUT_SECONDS)
      // The disk buffer is the queue: a message that fails here is sent again from there, one queue and not two.
      .withOfflineQueueBehavior(mqtt5.ClientOperationQueueBehavior.FailAllOnDisconnect)
      .build()
  );
}

/** The client's errors are errors at run time; their type only promises a name. */
function text(error: { readonly error_name?: string }): string {
  return error instanceof Error ? error.message : (error.error_name ?? 'unknown error');
}

/** What was received is always an ArrayBuffer; the type also allows what may be sent. */
function toBytes(payload: mqtt5.Payload | undefined): Uint8Array {
  return payload instanceof ArrayBuffer ? new Uint8Array(payload) : new Uint8Array();
}
