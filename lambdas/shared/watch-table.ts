import type { Heartbeat } from '../../core/watch/heartbeat.ts';
import type { AlertsTable } from './alerts-table.ts';
import { update } from './update.ts';

/**
 * The watcher's own table, in its region:
 *
 *     pk      sk          document
 *     WATCH   HEARTBEAT   Heartbeat: the latest
 *     WATCH   STATE       DeadManState
 */
export const WATCH = 'WATCH';
export const STATE = 'STATE';
const HEARTBEAT = 'HEARTBEAT';

/** Stores a heartbeat unless a later one is known. */
export async function storeHeartbeat(table: AlertsTable, heartbeat: Heartbeat): Promise<void> {
  await update<Heartbeat, undefined>(table, WATCH, HEARTBEAT, (before) => ({
    document: before && before.document.atMs >= heartbeat.atMs ? undefined : heartbeat,
    result: undefined,
  }));
}

export async function lastHeartbeat(table: AlertsTable): Promise<Heartbeat | undefined> {
  return (await table.get<Heartbeat>(WATCH, HEARTBEAT))?.document;
}
