import { suppressor } from '../../core/alerting/dispatch/suppressor.ts';
import type { RoutingConfig } from '../../core/alerting/routing/config.ts';
import type { SenderState } from '../../core/alerting/sender.ts';
import { type Silence, sessionsOf, silenceState } from '../../core/alerting/silences/silence.ts';
import { mutedBy } from '../../core/alerting/time-intervals/muted-by.ts';
import type { Circumstances } from '../../core/escalation/decide.ts';
import type { GroupRecord } from '../../core/escalation/group.ts';
import type { AlertsTable } from './alerts-table.ts';
import { readInhibitors } from './inhibitors.ts';
import { SENDERS } from './senders.ts';
import { listSilences } from './silences.ts';

export interface OutsidePorts {
  readonly table: AlertsTable;
  readonly routing: Pick<RoutingConfig, 'inhibitRules' | 'timeIntervals'>;
}

/** What keeps alerts of any group from being told now, as it is stored. */
export async function silencingNow(
  { table, routing }: OutsidePorts,
  nowMs: number,
): Promise<(group: GroupRecord) => Pick<Circumstances, 'silencing' | 'silencedUntilMs'>> {
  const [sources, stored] = await Promise.all([readInhibitors(table, routing.inhibitRules), listSilences(table)]);
  const silences = stored.map(({ document }) => document);
  const active = silences.filter((silence) => silenceState(silence, nowMs) === 'active');
  const sessions = await readSessions(table, active);
  const suppressionOf = suppressor(routing, { sources, silences, sessions, nowMs });
  const silencedUntilMs = Math.min(...active.map(({ endsAtMs }) => endsAtMs));
  return ({ times }) => ({
    silencing: {
      suppressionOf,
      mutedAt: (atMs) => times && mutedBy(times, routing.timeIntervals, atMs),
    },
    silencedUntilMs,
  });
}

/** Every sender's state is read, so only while a silence asks for it. */
async function readSessions(table: AlertsTable, active: readonly Silence[]) {
  if (active.every(({ session }) => session === undefined)) return undefined;
  const senders = await table.list<SenderState>(SENDERS);
  return sessionsOf(
    senders.map(({ document }) => document),
    ['live', 'paused'],
  );
}
