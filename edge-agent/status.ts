import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReportedAlert } from '../core/alerting/report.ts';
import type { SessionReport } from '../core/alerting/session.ts';
import type { RuleStatus } from '../core/rules/index.ts';
import type { Ledger } from './buffer/disk-buffer.ts';
import type { Egress } from './uplink/outbox.ts';

/** The agent's own view of itself: what `/status` answers. Times are epoch milliseconds. */
export interface AgentStatus {
  readonly environment: string;
  readonly thing: string;
  readonly boot: string;
  /** Number of the newest message of this run. */
  readonly seq: number;
  readonly startedAtMs: number;
  readonly connected: boolean;
  /** Why it is not connected. */
  readonly connectionProblem?: string;
  /** Points, since the data directory was made. */
  readonly ledger: Ledger;
  readonly buffered: { readonly messages: number; readonly bytes: number };
  /** Since the start. */
  readonly egress: Egress;
  readonly lastAckMs?: number;
  readonly publishSeconds: number;
  readonly liveUntilMs?: number;
  readonly alerts: readonly ReportedAlert[];
  /** As the lab's application told it, or presumed; absent without a board. */
  readonly session?: SessionReport;
  /** Absent without a board. */
  readonly device?: DeviceStatus;
  /** Per channel, counted at the board; zeros without one. */
  readonly samples: { readonly read: number; readonly expected: number; readonly lost: number };
  /** Over the last five seconds, because samples come in bursts, and since the start. */
  readonly rates: { readonly samplesPerSecond: number; readonly pointsPerSecond: number };
}

export interface DeviceStatus {
  readonly deviceId: string;
  readonly deviceType: string;
  readonly channels: readonly string[];
  readonly sampleRateHz: number;
  readonly connected: boolean;
  /** 0 to 1; absent until the first second is complete. */
  readonly quality?: number;
  /** What is wrong with the board on purpose. */
  readonly faults: readonly unknown[];
}

/** What the programs on this host may ask and tell. */
export interface StatusPorts {
  status(): AgentStatus;
  /** The rules that run here, with their latest evaluations. */
  rules(): readonly RuleStatus[];
  /** Takes a session; resolves to what is wrong with it, if anything. */
  tellSession(session: unknown): Promise<string | undefined>;
}

const MAX_BODY_BYTES = 4096;

/**
 * `GET /status`, `GET /rules` and `POST /session` on 127.0.0.1, for the people and programs on this host. A page in a
 * browser on this host is neither: what it sends has an Origin, or is no JSON.
 */
export class StatusServer {
  private readonly server: Server;
  private readonly ports: StatusPorts;

  constructor(ports: StatusPorts) {
    this.ports = ports;
    this.server = createServer((request, response) => {
      this.answer(request).then(
        ([status, body]) => {
          const isJson = typeof body === 'object';
          const headers = { 'content-type': isJson ? 'application/json' : 'text/plain', 'cache-control': 'no-store' };
          response.writeHead(status, headers).end(`${isJson ? JSON.stringify(body) : body}\n`);
        },
        () => response.writeHead(500).end(),
      );
    });
  }

  private async answer(request: IncomingMessage): Promise<[status: number, body: object | string]> {
    if (request.method === 'GET' && request.url === '/status') return [200, this.ports.status()];
    if (request.method === 'GET' && request.url === '/rules') return [200, { rules: this.ports.rules() }];
    if (request.method !== 'POST' || request.url !== '/session') return [404, 'GET /status, GET /rules, POST /session'];
    const isJson = /^application\/json\b/i.test(request.headers['content-type'] ?? '');
    if (request.headers.origin !== undefined || !isJson) {
      return [403, 'POST /session takes application/json from programs on this host, not from web pages'];
    }
    const problem = await this.ports.tellSession(await readJson(request));
    return problem === undefined ? [200, this.ports.status().session ?? {}] : [400, problem];
  }

  /** Resolves to the port: a free one for 0. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }
}

/** Undefined when it is too long or no JSON. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    return undefined;
  }
}
