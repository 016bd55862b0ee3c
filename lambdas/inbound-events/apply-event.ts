import { acknowledge, acknowledgeable, recordProgress } from '../../core/escalation/acknowledge.ts';
import { type GroupRecord, withLog } from '../../core/escalation/group.ts';
import { withdrawAcknowledgement } from '../../core/escalation/withdraw.ts';
import type { InboundEvent } from '../../core/notifications/inbound/event.ts';
import type { AlertsTable } from '../shared/alerts-table.ts';
import { type Escalations, serve } from '../shared/escalations.ts';
import type { Groups } from '../shared/groups.ts';

export interface ApplyPorts {
  readonly groups: Groups;
  /** Remembers which events have been applied. */
  readonly table: Pick<AlertsTable, 'get' | 'put'>;
  readonly escalations: Pick<Escalations, 'start' | 'wake'>;
  readonly environment: string;
  readonly nowMs: () => number;
}

/** What an event did, in words, and the group as it is now. */
export interface Applied {
  readonly verdict: string;
  readonly group?: GroupRecord;
}

/**
 * Applies what somebody did at a service to our group. An event that comes twice does nothing the second time: it is
 * remembered after it was applied, and applying it again after a crash in between changes nothing.
 */
export async function applyEvent(event: InboundEvent, ports: ApplyPorts): Promise<Applied> {
  const { incident, id } = event;
  if (incident.environment !== ports.environment) return { verdict: 'of another environment' };
  const [pk, sk] = [`INBOUND#${incident.groupId}`, id];
  if (await ports.table.get(pk, sk))
    return { verdict: 'known already', ...groupOf(await ports.groups.get(incident.groupId)) };
  let verdict = '';
  const group = await ports.groups.change(incident.groupId, (before) => {
    const applied = change(before, event, ports.nowMs());
    ({ verdict } = applied);
    return applied.group;
  });
  if (group) await serve(group, ports.escalations);
  await ports.table.put(pk, sk, { verdict, atMs: ports.nowMs() }, undefined);
  return { verdict, ...groupOf(group) };
}

function groupOf(group: GroupRecord | undefined): { readonly group?: GroupRecord } {
  return group ? { group } : {};
}

function change(before: GroupRecord | undefined, event: InboundEvent, nowMs: number): Applied {
  const { incident, action, by, at, what } = event;
  const { generation, episode } = incident;
  const who = `${by} (${at})`;
  const noted = (group: GroupRecord, why: string): GroupRecord =>
    withLog(group, { atMs: nowMs, kind: 'inbound', by: who, summary: `${who} ${what}${why}` });
  if (!before || before.generation !== generation || before.phase !== 'open') {
    return { verdict: acknowledgeable(before, generation) ?? 'already resolved', ...groupOf(before) };
  }
  if (action === 'note') return { verdict: 'noted', group: noted(before, '') };
  // What is worse has an incident of its own, which nobody has seen yet.
  if (episode < (before.episode?.number ?? episode)) {
    return { verdict: 'of an earlier incident', group: noted(before, ', the incident before it became worse') };
  }
  if (action === 'acknowledge') {
    // Somebody has it already, and here says that it is still so: that is progress.
    const going = recordProgress(before, generation, who, '', nowMs);
    if (going) return { verdict: 'progress', group: going };
    const { verdict, group } = acknowledge(before, generation, who, nowMs);
    return { verdict, ...groupOf(group) };
  }
  const withdrawn = withdrawAcknowledgement(before, generation, who, nowMs);
  return withdrawn ? { verdict: 'withdrawn', group: withdrawn } : { verdict: 'not acknowledged', group: before };
}
