import { readHeartbeat } from '../../core/watch/heartbeat.ts';
import type { AlertsTable } from '../shared/alerts-table.ts';
import { storeHeartbeat } from '../shared/watch-table.ts';

export interface HeartbeatRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface HeartbeatPorts {
  readonly table: AlertsTable;
  readonly signingKey: () => Promise<string>;
  readonly nowMs: () => number;
}

/** What the sender is told. */
export interface HeartbeatAnswer {
  readonly status: number;
  readonly said: string;
}

/** Takes a heartbeat, or says why it is none: the sender's log then has it, and gives up at once. */
export async function takeHeartbeat(request: HeartbeatRequest, ports: HeartbeatPorts): Promise<HeartbeatAnswer> {
  const { method, headers, body } = request;
  if (method !== 'POST') return { status: 405, said: 'heartbeats are posted' };
  const signed = {
    body,
    timestamp: headers['x-nsmon-timestamp'] ?? '',
    signature: headers['x-nsmon-signature'] ?? '',
  };
  const heartbeat = readHeartbeat(signed, await ports.signingKey(), ports.nowMs());
  // The alert that always fires was taken out of the rules: no mistake of the sender.
  if (heartbeat === 'not firing') return { status: 200, said: 'no heartbeat: the alert does not fire' };
  if (typeof heartbeat === 'string') return { status: 403, said: `no heartbeat: ${heartbeat}` };
  await storeHeartbeat(ports.table, heartbeat);
  return { status: 200, said: 'taken' };
}
