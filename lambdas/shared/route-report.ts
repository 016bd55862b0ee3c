import { type AppliedReport, applyReport } from '../../core/alerting/apply-report.ts';
import type { AlertReport } from '../../core/alerting/report.ts';
import type { Route, RoutingConfig } from '../../core/alerting/routing/config.ts';
import { placeAlerts } from '../../core/alerting/routing/place.ts';
import { groupIdOf, groupLabelsOf, routesOf } from '../../core/alerting/routing/route.ts';
import { type AlertEvent, allTold, type SenderChange, type SenderState, untold } from '../../core/alerting/sender.ts';
import type { SessionReport } from '../../core/alerting/session.ts';
import { applyEvents } from '../../core/escalation/apply-events.ts';
import type { GroupSettings } from '../../core/escalation/group.ts';
import { withOffers } from '../../core/healing/offer.ts';
import type { Labels } from '../../core/metrics/model.ts';
import type { AlertsTable, Versioned } from './alerts-table.ts';
import { type Escalations, serve } from './escalations.ts';
import type { Groups } from './groups.ts';
import type { HealingOffers } from './healing-offers.ts';
import { concernInhibition, storeInhibitors } from './inhibitors.ts';
import { SENDERS } from './senders.ts';
import { update } from './update.ts';

export interface RoutePorts {
  readonly table: AlertsTable;
  readonly groups: Groups;
  readonly escalations: Escalations;
  readonly routing: Pick<RoutingConfig, 'route' | 'inhibitRules'>;
  /** How long a sender is believed without another report. */
  readonly leaseMs: number;
  readonly nowMs: () => number;
  /** Who is asked to heal what fires; absent: nobody. */
  readonly healing?: HealingOffers;
}

/** Groups told at a time. */
const PARALLEL = 16;

/**
 * Takes a sender's report: stores what it says, then tells the groups of its alerts, then starts or wakes their
 * escalations. Each step is stored before the next, and the sender's record names what its groups may not know yet: after
 * a crash anywhere in between, the next report (30 s later) goes on from there.
 */
export async function routeReport(sender: string, report: AlertReport, ports: RoutePorts): Promise<AppliedReport> {
  let sessionBefore: SessionReport | undefined;
  const { stored, result } = await update<SenderState, AppliedReport>(ports.table, SENDERS, sender, (before) => {
    sessionBefore = before?.document.session;
    const taken = applyReport(before?.document, sender, report, ports.nowMs(), ports.leaseMs);
    const applied = placeAlerts(taken, ports.routing.route);
    return { document: applied.ignored ? undefined : applied.state, result: applied };
  });
  if (stored) await tellGroups(stored, ports);
  const { session } = stored?.document ?? {};
  // What was put off until the pause may be due.
  if (JSON.stringify(session) !== JSON.stringify(sessionBefore)) await ports.healing?.sessionChanged(sender);
  return result;
}

/** Stores a change that no report brought: a lease that lapsed. */
export async function storeChange(
  before: Versioned<SenderState>,
  { state }: SenderChange,
  ports: RoutePorts,
): Promise<void> {
  const version = await ports.table.put(SENDERS, state.sender, state, before.version);
  // Somebody was faster: the sender is back.
  if (version !== undefined) await tellGroups({ document: state, version }, ports);
}

/** Tells the groups of a sender's alerts what they may not know yet, and notes that they know. */
export async function tellGroups(
  { document: state, version }: Versioned<SenderState>,
  ports: RoutePorts,
): Promise<void> {
  const events = untold(state);
  if (events.length === 0) return;
  const { inhibitRules } = ports.routing;
  const changed = events.map(({ alert }) => alert);
  if (concernInhibition(inhibitRules, changed)) await storeInhibitors(ports.table, inhibitRules, state, version);
  const byGroup = new Map<string, AlertEvent[]>();
  for (const event of events) {
    for (const id of event.alert.groups ?? []) byGroup.set(id, [...(byGroup.get(id) ?? []), event]);
  }
  const entries = [...byGroup];
  for (let i = 0; i < entries.length; i += PARALLEL) {
    await Promise.all(
      entries
        .slice(i, i + PARALLEL)
        .map(([groupId, ofGroup]) => tellGroup(groupId, state.sender, version, ofGroup, ports)),
    );
  }
  // After the groups: the way of an alert to people does not wait for it.
  await ports.healing?.offer(state.sender, events);
  await ports.table.put(SENDERS, state.sender, allTold(state), version);
}

async function tellGroup(
  groupId: string,
  sender: string,
  senderVersion: number,
  events: readonly AlertEvent[],
  { groups, escalations, routing, healing, nowMs }: RoutePorts,
): Promise<void> {
  const settings = events.flatMap(({ alert }) => settingsOf(routing.route, groupId, alert.labels))[0];
  const group = await groups.change(groupId, (before) => {
    const after = applyEvents(before, settings, { sender, senderVersion, events }, nowMs());
    return after && healing ? withOffers(healing.config, before, after, events) : after;
  });
  if (group) await serve(group, escalations);
}

/** How the group of an alert is served by today's routing; nothing when no route leads to it any more. */
function settingsOf(root: Route, groupId: string, labels: Labels): GroupSettings[] {
  return routesOf(root, labels).flatMap((route) => {
    const groupLabels = groupLabelsOf(route, labels);
    if (groupIdOf(route, groupLabels) !== groupId) return [];
    const { receiver, groupWaitMs, groupIntervalMs, repeatIntervalMs } = route;
    const { activeTimeIntervals, muteTimeIntervals } = route;
    const isTimed = activeTimeIntervals.length + muteTimeIntervals.length > 0;
    const times = isTimed ? { times: { activeTimeIntervals, muteTimeIntervals } } : {};
    return [{ groupId, receiver, groupLabels, groupWaitMs, groupIntervalMs, repeatIntervalMs, ...times }];
  });
}
