import type { Route } from '../alerting/routing/config.ts';
import type { GroupRecord, GroupSettings } from '../escalation/group.ts';
import type { Labels } from '../metrics/model.ts';
import type { Incident } from './journal.ts';

/** An alert group in a replay, and how far it is. */
export interface Served {
  readonly route: Route;
  record: GroupRecord;
  incident: Incident | undefined;
  /** Counts waits: a wake-up of an earlier one comes too late. */
  wait: number;
  /** Notifications are under way; nothing is decided before they are answered. */
  isNotifying: boolean;
  /** Somebody who was paged will acknowledge. */
  isAcknowledging: boolean;
}

/** A group as it is before its first generation. */
export function newGroup(route: Route, groupId: string, groupLabels: Labels): Served {
  const { receiver, groupWaitMs, groupIntervalMs, repeatIntervalMs } = route;
  const settings: GroupSettings = {
    groupId,
    receiver,
    groupLabels,
    groupWaitMs,
    groupIntervalMs,
    repeatIntervalMs,
    times: route,
  };
  const record: GroupRecord = {
    ...settings,
    generation: 0,
    phase: 'closed',
    openedAtMs: 0,
    revision: 0,
    members: {},
    told: [],
    sent: {},
    log: [],
    continuation: 0,
  };
  return { route, record, incident: undefined, wait: 0, isNotifying: false, isAcknowledging: false };
}
