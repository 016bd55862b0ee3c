import type { AlertEvent } from '../alerting/sender.ts';
import { type GroupRecord, withLog } from '../escalation/group.ts';
import { ACTIONS } from './actions/index.ts';
import { entryFor, type HealingConfig } from './config.ts';
import type { GroupHealing, OfferedAlert } from './record.ts';

/** What of a sender's news healing is to be asked about: alerts that have fired, and that an entry covers. */
export function offersOf(config: HealingConfig, events: readonly AlertEvent[]): OfferedAlert[] {
  return events.flatMap(({ kind, fingerprint, alert }) => {
    const entry = kind === 'firing' || kind === 'updated' ? entryFor(config, alert.labels) : undefined;
    if (!entry) return [];
    return {
      fingerprint,
      labels: alert.labels,
      status: 'firing',
      firedAtMs: alert.firedAtMs ?? alert.activeAtMs,
      groups: alert.groups ?? [],
      holdUntilMs: alert.changedAtMs + entry.holdForMs,
    };
  });
}

/**
 * Notes in a group which of its alerts healing is asked about, together with the alerts themselves: so the first page
 * waits for healing's answer, and for no more than the entry allows should none come. Shadow mode holds nothing.
 * @param before the group before its alerts changed: what it knew already is not offered again
 */
export function withOffers(
  config: HealingConfig,
  before: GroupRecord | undefined,
  group: GroupRecord,
  events: readonly AlertEvent[],
): GroupRecord {
  if (before === group) return group;
  const offered: Record<string, GroupHealing> = {};
  for (const { fingerprint, labels, holdUntilMs } of offersOf(config, events)) {
    const entry = entryFor(config, labels);
    const target = entry?.mode === 'armed' ? ACTIONS[entry.action].target(labels) : undefined;
    if (!entry || !target || group.members[fingerprint] === before?.members[fingerprint]) continue;
    offered[fingerprint] = { action: entry.action, target, phase: 'offered', holdUntilMs, summary: '' };
  }
  if (Object.keys(offered).length === 0) return group;
  return { ...group, healing: { ...group.healing, ...offered } };
}

/** Takes what healing says about an alert of the group. The same group when that is no news. */
export function withHealing(
  group: GroupRecord,
  fingerprint: string,
  healing: GroupHealing,
  nowMs: number,
): GroupRecord {
  const known = group.healing?.[fingerprint];
  const isNews = known?.phase !== healing.phase || known.summary !== healing.summary;
  if (group.phase !== 'open' || !group.members[fingerprint] || !isNews) return group;
  const told = { ...group, revision: group.revision + 1, healing: { ...group.healing, [fingerprint]: healing } };
  return withLog(told, { atMs: nowMs, kind: 'healing', summary: healing.summary });
}
