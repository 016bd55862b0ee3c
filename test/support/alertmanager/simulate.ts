import { flush, settle } from '../../../core/alerting/dispatch/flush.ts';
import { nextWakeMs } from '../../../core/alerting/dispatch/next-wake.ts';
import {
  type DispatchSettings,
  type DispatchState,
  type GroupAlert,
  insert,
  sleepUntil,
} from '../../../core/alerting/dispatch/state.ts';
import { suppressor } from '../../../core/alerting/dispatch/suppressor.ts';
import type { Route, RoutingConfig } from '../../../core/alerting/routing/config.ts';
import { parseRouting } from '../../../core/alerting/routing/parse.ts';
import { groupLabelsOf, routesOf } from '../../../core/alerting/routing/route.ts';
import type { Silence } from '../../../core/alerting/silences/silence.ts';
import { mutedBy } from '../../../core/alerting/time-intervals/muted-by.ts';
import { configurationOf, LENGTH, type Scenario, type ScenarioEvent } from './scenario.ts';

/** One message, as a receiver sees it. */
export interface Told {
  /** Receiver, integration, route and labels of the group. */
  readonly group: string;
  readonly status: string;
  /** `a1 firing`, sorted. */
  readonly members: readonly string[];
}

export interface SimulationOptions {
  /**
   * When empty groups are swept away, in seconds: Alertmanager 0.25 keeps them until then. Without, a group ends
   * with its last alert.
   */
  readonly sweeps?: readonly number[];
  /** Look at groups only when `nextWakeMs` says so, instead of at every flush. */
  readonly sleeps?: boolean;
}

export interface Simulation {
  readonly told: readonly Told[];
  /** Whether something happens so close to a flush or a sweep that a real clock would decide what comes first. */
  readonly isAmbiguous: boolean;
  readonly flushes: number;
}

interface Group {
  readonly key: string;
  readonly route: Route;
  readonly settings: DispatchSettings;
  state: DispatchState;
  alerts: Record<string, GroupAlert>;
  /** Of an empty group that is not swept away yet: when it ended, and a time on its grid. */
  empty?: { readonly since: number; readonly gridMs: number };
}

/** How far a sweep of the real process may be off, in seconds. */
const SWEEP_MARGIN = 1.5;

/** Plays a scenario with our own chain: routes, groups, inhibition, time intervals, silences, deduplication. */
export function simulate(scenario: Scenario, { sweeps, sleeps = false }: SimulationOptions = {}): Simulation {
  const config = parseRouting(configurationOf([scenario], () => 'http://127.0.0.1'));
  const groups = new Map<string, Group>();
  const alerts = new Map<string, GroupAlert>();
  const silences = new Map<string, Silence>();
  const told: Told[] = [];
  const seconds = new Set(scenario.events.flatMap((event) => [event.at, 'endsAt' in event ? event.endsAt : event.at]));
  let isAmbiguous = false;
  let flushes = 0;

  const flushDue = (nowMs: number): void => {
    const sources = [...alerts].flatMap(([fingerprint, { labels, status }]) =>
      status === 'resolved' ? [] : [{ fingerprint, labels }],
    );
    const suppressionOf = suppressor(config, { sources, silences: [...silences.values()], nowMs });
    for (const group of groups.values()) {
      if (group.state.nextFlushMs === undefined || group.state.nextFlushMs > nowMs) continue;
      flushes += 1;
      if (seconds.has(nowMs / 1000) && !wasJustMade(group, scenario.events, nowMs)) isAmbiguous = true;
      const { repeatIntervalMs } = group.settings;
      if (Object.values(group.state.notified).some(({ atMs }) => nowMs - atMs === repeatIntervalMs)) isAmbiguous = true;
      const filters = {
        suppressionOf: (id: string) => suppressionOf(group.alerts[id]?.labels ?? {}),
        muted: mutedBy(group.route, config.timeIntervals, nowMs),
      };
      const plan = flush(group.state, group.alerts, group.settings, filters, nowMs);
      for (const { integration, firing, resolved, isLogOnly } of plan.notifications) {
        if (isLogOnly) continue;
        const members = [...firing.map((id) => `${id} firing`), ...resolved.map((id) => `${id} resolved`)].sort();
        const status = firing.length > 0 ? 'firing' : 'resolved';
        told.push({ group: `${group.route.receiver} ${integration} ${group.key}`, status, members });
      }
      const settled = settle(group.state, plan, group.alerts, group.settings, new Set(), nowMs);
      group.state = settled.state;
      for (const id of settled.forget) delete group.alerts[id];
      if (settled.state.nextFlushMs === undefined) group.empty = { since: nowMs / 1000, gridMs: nowMs };
      else if (sleeps) {
        const mutedAt = (atMs: number) => mutedBy(group.route, config.timeIntervals, atMs);
        const foresight = { suppressionOf: filters.suppressionOf, mutedAt };
        const wakeMs = nextWakeMs(settled.state, group.alerts, group.settings, foresight);
        if (wakeMs !== undefined) group.state = sleepUntil(settled.state, wakeMs);
      }
    }
  };

  for (let second = 0; second <= LENGTH; second += 1) {
    const nowMs = second * 1000;
    for (const event of scenario.events.filter(({ at }) => at === second)) {
      if (event.kind === 'silence' || event.kind === 'expire') applySilence(silences, event, nowMs);
      else {
        const { labels, startsAt } = event;
        const id = labels.id as string;
        const alert: GroupAlert = { labels, status: event.kind === 'fire' ? 'firing' : 'resolved' };
        alerts.set(id, alert);
        for (const route of routesOf(config.route, labels)) {
          const group = groupOf(groups, config, route, labels);
          group.alerts[id] = alert;
          if (group.empty && sweeps) {
            const { since, gridMs } = group.empty;
            if (sweeps.some((at) => Math.abs(at - since) < SWEEP_MARGIN || Math.abs(at - second) < SWEEP_MARGIN)) {
              isAmbiguous = true;
            }
            if (!sweeps.some((at) => at > since && at < second)) {
              const { groupIntervalMs } = group.settings;
              const nextFlushMs = gridMs + Math.ceil((nowMs - gridMs) / groupIntervalMs) * groupIntervalMs;
              // In the second of a flush, either could come first.
              if (nextFlushMs === nowMs) isAmbiguous = true;
              group.state = { ...group.state, nextFlushMs, hasFlushed: true };
            }
          }
          delete group.empty;
          group.state = insert(group.state, startsAt * 1000, group.settings, nowMs);
        }
      }
    }
    flushDue(nowMs);
  }
  return { told, isAmbiguous, flushes };
}

/** A group that flushes in the very second in which its first alert came has no other events to confuse. */
function wasJustMade({ state, alerts }: Group, events: readonly ScenarioEvent[], nowMs: number): boolean {
  const now = events.filter(
    (event) => event.at * 1000 === nowMs || ('endsAt' in event && event.endsAt * 1000 === nowMs),
  );
  const [only] = now;
  return (
    !state.hasFlushed && now.length === 1 && only !== undefined && 'labels' in only && Object.keys(alerts).length === 1
  );
}

function groupOf(
  groups: Map<string, Group>,
  config: RoutingConfig,
  route: Route,
  labels: Record<string, string>,
): Group {
  const groupLabels = Object.entries(groupLabelsOf(route, labels)).map(([name, value]) => `${name}="${value}"`);
  const key = `${route.key}:{${groupLabels.join(', ')}}`;
  const id = `${route.receiver} ${key}`;
  const receiver = config.receivers.find(({ name }) => name === route.receiver);
  const settings = { ...route, integrations: receiver?.integrations ?? [] };
  const group = groups.get(id) ?? { key, route, settings, state: { hasFlushed: false, notified: {} }, alerts: {} };
  groups.set(id, group);
  return group;
}

/** A silence is made, or ended before its time. */
export function applySilence(
  silences: Map<string, Silence>,
  event: ScenarioEvent & { kind: 'silence' | 'expire' },
  nowMs: number,
): void {
  const silence = event.kind === 'silence' ? silenceOf(event) : silences.get(event.id);
  if (silence) silences.set(event.id, event.kind === 'silence' ? silence : { ...silence, endsAtMs: nowMs });
}

function silenceOf({ id, at, endsAt, matchers }: ScenarioEvent & { kind: 'silence' }): Silence {
  const set = matchers.map(({ name, value, isRegex, isEqual }) => {
    const op = isRegex ? (isEqual ? ('=~' as const) : ('!~' as const)) : isEqual ? ('=' as const) : ('!=' as const);
    return { name, op, value };
  });
  const times = { startsAtMs: at * 1000, endsAtMs: endsAt * 1000, createdAtMs: at * 1000 };
  return { id, kind: 'silence', matcherSets: [set], ...times, createdBy: 'test', comment: 'test' };
}
