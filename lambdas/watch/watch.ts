import { type DeadManState, judge, type Look, type Told, type WatchSettings } from '../../core/watch/dead-man.ts';
import type { AlertsTable } from '../shared/alerts-table.ts';
import { lastHeartbeat, STATE, WATCH } from '../shared/watch-table.ts';

export interface WatchPorts {
  readonly table: AlertsTable;
  /** Opens a page as a person would. */
  readonly open: (url: string) => Promise<{ readonly answers: boolean; readonly detail: string }>;
  readonly tell: (told: Told) => Promise<void>;
  readonly settings: WatchSettings;
  readonly environment: string;
  readonly nowMs: () => number;
}

/**
 * One look at the signs of life. People are told first, and that they were is stored then: a crash in between tells them
 * twice rather than never.
 * @returns what they were told
 */
export async function watch(ports: WatchPorts): Promise<readonly Told[]> {
  const { table, open, tell, settings, environment, nowMs } = ports;
  const [before, heartbeat] = await Promise.all([table.get<DeadManState>(WATCH, STATE), lastHeartbeat(table)]);
  const look: Look = {
    ...(heartbeat ? { heartbeatAtMs: heartbeat.atMs } : {}),
    ...(heartbeat?.pageUrl === undefined ? {} : { page: await open(heartbeat.pageUrl) }),
  };
  const { state, told } = judge(before?.document, look, nowMs(), settings, environment);
  for (const one of told) await tell(one);
  // Somebody was faster: two looks at once see the same.
  await table.put(WATCH, STATE, state, before?.version);
  return told;
}
