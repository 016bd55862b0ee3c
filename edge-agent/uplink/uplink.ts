import type { EncodedMessage } from './messages.ts';

/** Something that was received on a subscribed topic. */
export type MessageHandler = (topic: string, payload: Uint8Array) => void;

export interface ConnectionEvent {
  readonly connected: boolean;
  /** Why it is not connected; for people. */
  readonly reason?: string;
}

/**
 * The way to IoT Core. Delivery is at least once; a completed `publish` only says that the next hop has the message.
 * Implementations reconnect by themselves, with jitter, and restore their subscriptions.
 */
export interface Uplink {
  /** Starts connecting and returns at once: a site without a network still measures. */
  connect(): void;
  /** Rejects when the next hop did not take the message (offline, refused); the caller sends it again later. */
  publish(topic: string, payload: EncodedMessage): Promise<void>;
  /** May be called before `connect`; holds across reconnections. */
  subscribe(topicFilter: string, handler: MessageHandler): void;
  onConnection(listener: (event: ConnectionEvent) => void): void;
  close(): Promise<void>;
}

/** Whether an MQTT topic filter (`+` one level, a last `#` any number) selects `topic`. */
export function topicMatches(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const given = topic.split('/');
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return true;
    if (given[i] === undefined || (level !== '+' && level !== given[i])) return false;
  }
  return wanted.length === given.length;
}
