import { createServer, type Server, type Socket } from 'node:net';
import { decodeFrames, type EventStreamMessage, encodeFrame } from './event-stream.ts';

const MESSAGE_TYPE = { application: 0, error: 1, ping: 2, pingResponse: 3, connect: 4, connectAck: 5 } as const;
const FLAG = { connectionAccepted: 1, terminateStream: 2 } as const;

export interface PublishedMessage {
  readonly topicName: string;
  readonly qos: string;
  readonly payload: Buffer;
}

interface Subscription {
  readonly socket: Socket;
  readonly streamId: number;
  readonly topicName: string;
}

/**
 * The part of a Greengrass nucleus that the agent talks to: the event-stream RPC protocol on a Unix socket, with
 * PublishToIoTCore and SubscribeToIoTCore, the component's token and its access control.
 */
export class GreengrassIpcServer {
  readonly published: PublishedMessage[] = [];
  readonly subscriptions: Subscription[] = [];
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly token: string;
  private readonly allow: (topic: string) => boolean;
  private readonly changes: (() => void)[] = [];

  private constructor(token: string, allow: (topic: string) => boolean) {
    this.token = token;
    this.allow = allow;
    this.server = createServer((socket) => this.accept(socket));
  }

  /** `allow` is the component's access control: topics that it may publish and subscribe to. */
  static async start(path: string, token: string, allow: (topic: string) => boolean = () => true) {
    const server = new GreengrassIpcServer(token, allow);
    await new Promise<void>((resolve) => server.server.listen(path, resolve));
    return server;
  }

  /** Ends all connections, as a restart of the nucleus does. */
  disconnectAll(): void {
    this.subscriptions.splice(0);
    for (const socket of this.sockets) socket.destroy();
  }

  /** Delivers a message from IoT Core to the subscriptions that name its topic. */
  deliver(topicName: string, payload: string): void {
    for (const { socket, streamId, topicName: filter } of this.subscriptions) {
      if (filter !== topicName) continue;
      const message = { topicName, payload: Buffer.from(payload).toString('base64') };
      respond(socket, streamId, 'aws.greengrass#IoTCoreMessage', { message });
    }
  }

  /** Resolves as soon as `condition` holds; it is looked at after each request. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.changes.push(resolve));
  }

  async close(): Promise<void> {
    this.disconnectAll();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
    let pending: Buffer = Buffer.alloc(0);
    let accepted = false;
    socket.on('data', (chunk: Buffer) => {
      const { messages, rest } = decodeFrames(Buffer.concat([pending, chunk]));
      pending = rest;
      for (const message of messages) {
        const type = message.headers[':message-type'];
        if (type === MESSAGE_TYPE.connect) accepted = this.handshake(socket, message);
        else if (type === MESSAGE_TYPE.ping) send(socket, 0, MESSAGE_TYPE.pingResponse, 0, {}, message.payload);
        else if (accepted) this.handle(socket, message);
        else socket.destroy();
      }
      for (const change of this.changes.splice(0)) change();
    });
  }

  private handshake(socket: Socket, message: EventStreamMessage): boolean {
    const { authToken } = JSON.parse(message.payload.toString() || '{}') as { authToken?: string };
    const accepted = message.headers[':version'] === '0.1.0' && authToken === this.token;
    send(socket, 0, MESSAGE_TYPE.connectAck, accepted ? FLAG.connectionAccepted : 0, {}, Buffer.alloc(0));
    if (!accepted) socket.end();
    return accepted;
  }

  private handle(socket: Socket, message: EventStreamMessage): void {
    const streamId = Number(message.headers[':stream-id']);
    // A client that ends its stream sends only the flag.
    if (Number(message.headers[':message-flags']) & FLAG.terminateStream) return;
    const request = JSON.parse(message.payload.toString()) as { topicName: string; qos: string; payload?: string };
    if (!this.allow(request.topicName)) {
      const error = { message: `Not authorized for ${request.topicName}`, _message: request.topicName };
      respondError(socket, streamId, 'aws.greengrass#UnauthorizedError', error);
      return;
    }
    switch (String(message.headers.operation)) {
      case 'aws.greengrass#PublishToIoTCore':
        this.published.push({ ...request, payload: Buffer.from(request.payload ?? '', 'base64') });
        respond(socket, streamId, 'aws.greengrass#PublishToIoTCoreResponse', {}, FLAG.terminateStream);
        break;
      case 'aws.greengrass#SubscribeToIoTCore':
        this.subscriptions.push({ socket, streamId, topicName: request.topicName });
        respond(socket, streamId, 'aws.greengrass#SubscribeToIoTCoreResponse', {});
        break;
      default:
        respondError(socket, streamId, 'aws.greengrass#ServiceError', { message: 'unknown operation' });
    }
  }
}

function respond(socket: Socket, streamId: number, shape: string, body: object, flags = 0): void {
  send(socket, streamId, MESSAGE_TYPE.application, flags, { 'service-model-type': shape }, json(body));
}

function respondError(socket: Socket, streamId: number, shape: string, body: object): void {
  send(socket, streamId, MESSAGE_TYPE.error, FLAG.terminateStream, { 'service-model-type': shape }, json(body));
}

function json(body: object): Buffer {
  return Buffer.from(JSON.stringify(body));
}

function send(
  socket: Socket,
  streamId: number,
  type: number,
  flags: number,
  headers: Record<string, string>,
  payload: Buffer,
): void {
  socket.write(
    encodeFrame({
      headers: {
        ':content-type': 'application/json',
        ...headers,
        ':message-type': type,
        ':message-flags': flags,
        ':stream-id': streamId,
      },
      payload,
    }),
  );
}
