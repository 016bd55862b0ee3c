import { suppressor } from '../../core/alerting/dispatch/suppressor.ts';
import type { RoutingConfig } from '../../core/alerting/routing/config.ts';
import { silenceState } from '../../core/alerting/silences/silence.ts';
import { mutedBy } from '../../core/alerting/time-intervals/muted-by.ts';
import type { Circumstances } from '../../core/escalation/decide.ts';
import type { GroupRecord } from '../../core/escalation/group.ts';
import type { AlertsTable } from './alerts-table.ts';
import { readInhibitors } from './inhibitors.ts';
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
  const suppressionOf = suppressor(routing, { sources, silences, nowMs });
  const active = silences.filter((silence) => silenceState(silence, nowMs) === 'active');
  const silencedUntilMs = Math.min(...active.map(({ endsAtMs }) => endsAtMs));
  return ({ times }) => ({
    silencing: {
      suppressionOf,
      mutedAt: (atMs) => times && mutedBy(times, routing.timeIntervals, atMs),
    },
    silencedUntilMs,
  });
}
