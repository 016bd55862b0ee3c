import type { AddressInfo } from 'node:net';
import { type Socket, type Server as TcpServer, connect as tcpConnect, createServer as tcpServer } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { Aedes, type Client } from 'aedes';
import type { TestAuthority } from './pki.ts';

export interface ReceivedMessage {
  readonly clientId: string;
  readonly topic: string;
  readonly payload: Buffer;
}

/** A real MQTT 5 broker with mutual TLS on 127.0.0.1. Its address stays the same while it is `cut` off. */
export class TestBroker {
  readonly received: ReceivedMessage[] = [];
  readonly port: number;
  private readonly aedes: Aedes;
  private readonly front: TcpServer;
  private readonly sockets = new Set<Socket>();
  private reachable = true;
  private readonly waiting: { matches: (message: ReceivedMessage) => boolean; resolve: () => void }[] = [];

  private constructor(aedes: Aedes, front: TcpServer) {
    this.aedes = aedes;
    this.front = front;
    this.port = (front.address() as AddressInfo).port;
  }

  /** `allow` decides about each publish; a refused one gets PUBACK 0x87. */
  static async start(authority: TestAuthority, allow: (topic: string) => boolean = () => true): Promise<TestBroker> {
    const aedes = await Aedes.createBroker({ topicAliasMaximum: 8, maximumPacketSize: 128 * 1024 });
    const server = await authority.issue('server');
    const tls = createServer(
      {
        key: server.privateKey,
        cert: server.certificate,
        ca: authority.ca,
        requestCert: true,
        rejectUnauthorized: true,
      },
      (socket: TLSSocket) => aedes.handle(socket),
    );
    tls.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
    const inner = (tls.address() as AddressInfo).port;
    const front = tcpServer((socket) => broker.accept(socket, inner));
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    front.on('close', () => tls.close());
    const broker = new TestBroker(aedes, front);
    aedes.authorizePublish = (_client, packet, done) =>
      done(allow(packet.topic) ? null : new Error(`not allowed to publish ${packet.topic}`));
    aedes.on('publish', (packet, client) => broker.record(client, packet.topic, packet.payload));
    return broker;
  }

  /** Drops all connections and refuses new ones, as a broken network does, until `restore`. */
  cut(): void {
    this.reachable = false;
    for (const socket of this.sockets) socket.destroy();
  }

  restore(): void {
    this.reachable = true;
  }

  publish(topic: string, payload: string): Promise<void> {
    return new Promise((resolve, reject) =>
      this.aedes.publish({ cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false }, (error) =>
        error ? reject(error) : resolve(),
      ),
    );
  }

  /** Resolves as soon as a message that `matches` has been received. */
  async until(matches: (message: ReceivedMessage) => boolean): Promise<ReceivedMessage> {
    if (!this.received.some(matches)) {
      await new Promise<void>((resolve) => this.waiting.push({ matches, resolve }));
    }
    return this.received.find(matches)!;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.aedes.close(() => resolve()));
    await new Promise<void>((resolve) => this.front.close(() => resolve()));
  }

  private accept(socket: Socket, port: number): void {
    socket.on('error', () => undefined);
    if (!this.reachable) {
      socket.destroy();
      return;
    }
    const inner = tcpConnect(port, '127.0.0.1');
    inner.on('error', () => socket.destroy());
    inner.on('close', () => socket.destroy());
    socket.on('close', () => {
      inner.destroy();
      this.sockets.delete(socket);
    });
    this.sockets.add(socket);
    socket.pipe(inner).pipe(socket);
  }

  private record(client: Client | null, topic: string, payload: Buffer | string): void {
    if (!client) return;
    const message = { clientId: client.id, topic, payload: Buffer.from(payload) };
    this.received.push(message);
    for (const wait of this.waiting.splice(0)) {
      if (wait.matches(message)) wait.resolve();
      else this.waiting.push(wait);
    }
  }
}
