import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReportedAlert } from '../core/alerting/report.ts';
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

/** `GET /status` and `GET /rules` on 127.0.0.1, for the people and programs on this host. */
export class StatusServer {
  private readonly server: Server;

  constructor(status: () => AgentStatus, rules: () => readonly RuleStatus[] = () => []) {
    const pages: Readonly<Record<string, () => unknown>> = { '/status': status, '/rules': () => ({ rules: rules() }) };
    this.server = createServer((request, response) => {
      const page = request.method === 'GET' && Object.hasOwn(pages, request.url ?? '') && pages[request.url ?? ''];
      if (!page) {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /status or /rules\n');
        return;
      }
      const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
      response.writeHead(200, headers).end(`${JSON.stringify(page())}\n`);
    });
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
