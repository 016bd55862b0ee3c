import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { Aedes, type AuthenticateError, type AedesPublishPacket as Packet } from 'aedes';
import type { Pki } from '../pki/pki.ts';
import { type DeviceRequest, topicProblem } from './authorizer.ts';

/** A message that a device or the cloud has published. */
export interface Published {
  readonly topic: string;
  readonly payload: Buffer;
  /** Absent when the cloud published it. */
  readonly clientId?: string;
}

export interface BrokerOptions {
  readonly pki: Pki;
  /** Any free port unless given. */
  readonly port?: number;
  /** Why a device may not; undefined when it may. */
  readonly refuse: (request: DeviceRequest) => string | undefined;
  readonly onPublished: (message: Published) => void;
  /** Told about every refusal. */
  readonly log: (line: string) => void;
}

/** IoT Core's message broker: MQTT 3.1.1 and 5 over mutual TLS; the certificate is the identity. */
export interface Broker {
  readonly port: number;
  /** Client ids. */
  readonly connected: ReadonlySet<string>;
  /** Publishes as the cloud. */
  publish(topic: string, payload: Buffer, qos: 0 | 1): Promise<void>;
  /** Ends every connection and takes no new one; sessions are kept. */
  goDown(): Promise<void>;
  /** Listens again, on the same port. */
  comeUp(): Promise<void>;
  stop(): Promise<void>;
}

/** IoT Core's limits: a message of 128 KB beside its topic and properties, eight topic aliases, a week's session. */
const LIMITS = {
  maximumPacketSize: 128 * 1024 + 1024,
  topicAliasMaximum: 8,
  sessionExpiryIntervalLimit: 7 * 86_400,
};

const NOT_AUTHORIZED = 5;

export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { pki, refuse, onPublished, log } = options;
  const sockets = new Set<Socket>();
  const connected = new Set<string>();
  /** Whose connection it is, kept: messages are still under way to a client whose socket has gone. */
  const things = new WeakMap<object, string>();
  const thingOf = (connection: object): string => things.get(connection) ?? '';
  const told = new WeakSet<Error>();

  /** Asks, and tells the log about a no. */
  function refused(request: DeviceRequest): Error | undefined {
    const reason = refuse(request);
    if (reason === undefined) return undefined;
    log(reason);
    const error = new Error(reason);
    told.add(error);
    return error;
  }

  const aedes = await Aedes.createBroker({
    ...LIMITS,
    authenticate(client, _username, _password, done) {
      const clientId = client.id;
      const problem = refused({
        thingName: thingOf(client.conn),
        clientId,
        action: 'iot:Connect',
        resource: `client/${clientId}`,
      });
      if (problem) done(Object.assign(problem, { returnCode: NOT_AUTHORIZED }) as AuthenticateError, false);
      else done(null, true);
    },
    authorizePublish(client, { topic, retain }, done) {
      if (!client) return done();
      const problem = topicProblem(topic);
      if (problem !== undefined) return done(new Error(problem));
      const from = { thingName: thingOf(client.conn), clientId: client.id, resource: `topic/${topic}` };
      done(
        refused({ ...from, action: 'iot:Publish' }) ??
          (retain ? refused({ ...from, action: 'iot:RetainPublish' }) : undefined),
      );
    },
    authorizeSubscribe(client, subscription, done) {
      const request = { thingName: thingOf(client.conn), clientId: client.id, action: 'iot:Subscribe' } as const;
      // Null answers this one filter with a failure; an error would end the connection.
      done(null, refused({ ...request, resource: `topicfilter/${subscription.topic}` }) ? null : subscription);
    },
    authorizeForward(client, packet) {
      const request = { thingName: thingOf(client.conn), clientId: client.id, action: 'iot:Receive' } as const;
      return refused({ ...request, resource: `topic/${packet.topic}` }) ? null : packet;
    },
  });
  aedes.on('publish', (packet: Packet, client) => {
    if (packet.topic.startsWith('$SYS/')) return;
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    onPublished({ topic: packet.topic, payload, ...(client && { clientId: client.id }) });
  });
  aedes.on('clientReady', ({ id }) => connected.add(id));
  aedes.on('clientDisconnect', ({ id }) => connected.delete(id));
  aedes.on('clientError', ({ id }, error) => {
    if (!told.has(error)) log(`${id}: ${error.message}`);
  });
  aedes.on('connectionError', (_, error) => log(error.message));

  function serve(port: number): Promise<Server> {
    const server = createServer(
      {
        key: pki.server.privateKey,
        cert: pki.server.certificate,
        ca: pki.caCertificate,
        requestCert: true,
        rejectUnauthorized: true,
      },
      (socket) => {
        socket.on('error', () => {});
        things.set(socket, commonNameOf(socket));
        aedes.handle(socket);
      },
    );
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    server.on('tlsClientError', (error) => log(`a certificate was refused: ${error.message}`));
    server.listen(port, '127.0.0.1');
    return once(server, 'listening').then(() => server);
  }

  async function hangUp(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  let server = await serve(options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    connected,
    publish: (topic, payload, qos) =>
      new Promise((resolve, reject) => {
        const packet = { cmd: 'publish', topic, payload, qos, retain: false, dup: false } as const;
        aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
      }),
    goDown: hangUp,
    async comeUp() {
      if (!server.listening) server = await serve(port);
    },
    async stop() {
      if (server.listening) await hangUp();
      await new Promise<void>((resolve) => aedes.close(resolve));
    },
  };
}

/** The common name of the client's certificate, which the TLS server has verified. A socket that is gone has none. */
function commonNameOf(socket: TLSSocket): string {
  const { CN } = socket.getPeerCertificate()?.subject ?? {};
  return (Array.isArray(CN) ? CN[0] : CN) ?? '';
}
