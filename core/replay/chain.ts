import { suppressor } from '../alerting/dispatch/suppressor.ts';
import { fingerprintOf } from '../alerting/fingerprint.ts';
import type { RoutingConfig } from '../alerting/routing/config.ts';
import { groupIdOf, groupLabelsOf, routesOf } from '../alerting/routing/route.ts';
import type { AlertEvent } from '../alerting/sender.ts';
import { type Silence, silenceState } from '../alerting/silences/silence.ts';
import { mutedBy } from '../alerting/time-intervals/muted-by.ts';
import { acknowledge } from '../escalation/acknowledge.ts';
import { applyEvents } from '../escalation/apply-events.ts';
import { type Circumstances, decide } from '../escalation/decide.ts';
import type { GroupRecord } from '../escalation/group.ts';
import { type Outcome, recordOutcome } from '../escalation/ledger.ts';
import type { Notification } from '../escalation/notification.ts';
import type { EscalationPolicy } from '../escalation/policy.ts';
import type { Labels } from '../metrics/model.ts';
import type { TimedChange } from './alerting-track.ts';
import type { Firing, Incident, Journal, SentNotification, Work } from './journal.ts';
import { DELIVERY_MS, isHeartbeat, isPage, type People } from './people.ts';
import { newGroup, type Served } from './served.ts';
import { WakeUps } from './wake-ups.ts';

export interface ChainOptions {
  readonly routing: RoutingConfig;
  readonly policyOf: (receiver: string) => EscalationPolicy;
  readonly silences: readonly Silence[];
  readonly people: People;
  /** Nothing happens after. */
  readonly toMs: number;
}

type WakeUp = { readonly groupId: string } & (
  | { readonly kind: 'wait is over'; readonly wait: number }
  | {
      readonly kind: 'answers';
      readonly generation: number;
      readonly notifications: readonly Notification[];
      readonly outcomes: readonly Outcome[];
      readonly isBeat: boolean;
    }
  | { readonly kind: 'acknowledge'; readonly generation: number }
);

const SENDER = 'replay';

/**
 * Plays the changes of alerts through routing, inhibition, silences, time intervals, grouping and escalation, as the
 * system would have: the same functions decide, only that time comes from the events. Yields how much is done, 0 to 1.
 */
export function* replayChain(changes: readonly TimedChange[], options: ChainOptions): Generator<number, Journal> {
  const chain = new Chain(options);
  let done = 0;
  while (done < changes.length || chain.nextMs <= options.toMs) {
    const atMs = changes[done]?.atMs ?? Number.POSITIVE_INFINITY;
    if (chain.nextMs < atMs) chain.wake();
    else {
      const first = done;
      while (changes[done]?.atMs === atMs) done += 1;
      chain.change(changes.slice(first, done), atMs);
      yield done / changes.length;
    }
  }
  return chain.journal;
}

class Chain {
  readonly #options: ChainOptions;
  readonly #groups = new Map<string, Served>();
  readonly #wakeUps = new WakeUps<WakeUp>();
  /** By fingerprint. */
  readonly #firing = new Map<string, Firing>();
  /** Groups of an alert from when it fires until it resolves. */
  readonly #groupsOf = new Map<string, readonly string[]>();
  readonly #firings: Firing[] = [];
  readonly #incidents: Incident[] = [];
  readonly #notifications: SentNotification[] = [];
  readonly #problems = new Map<string, number>();
  readonly #work: Work = { decisions: 0, waits: 0, notifies: 0, executions: 0, records: 0 };
  #version = 0;
  #suppressor:
    | { readonly version: number; readonly atMs: number; readonly of: ReturnType<typeof suppressor> }
    | undefined;

  constructor(options: ChainOptions) {
    this.#options = options;
  }

  get nextMs(): number {
    return this.#wakeUps.nextMs;
  }

  get journal(): Journal {
    return {
      firings: this.#firings,
      incidents: this.#incidents,
      notifications: this.#notifications,
      problems: this.#problems,
      work: this.#work,
    };
  }

  /** Everything that changed at one time. What fires inhibits before anybody is told. */
  change(changes: readonly TimedChange[], atMs: number): void {
    const byGroup = new Map<string, AlertEvent[]>();
    for (const change of changes) {
      for (const [groupId, event] of this.#eventsOf(change, atMs)) {
        const events = byGroup.get(groupId);
        if (events) events.push(event);
        else byGroup.set(groupId, [event]);
      }
    }
    this.#version += 1;
    for (const [groupId, events] of byGroup) this.#tell(groupId, events, atMs);
  }

  #eventsOf({ alert, from, to, rule }: TimedChange, atMs: number): [string, AlertEvent][] {
    const isFiring = to === 'firing';
    if (!isFiring && from !== 'firing') return [];
    const { labels, annotations, value, activeAtMs, firedAtMs = atMs } = alert;
    const fingerprint = fingerprintOf(labels);
    if (isFiring) {
      const firing: Firing = {
        rule: rule.name,
        labels,
        fingerprint,
        fromMs: atMs,
        toMs: undefined,
        suppressed: new Set(),
        pagedAtMs: undefined,
      };
      this.#firing.set(fingerprint, firing);
      this.#firings.push(firing);
      this.#groupsOf.set(fingerprint, this.#place(labels));
    } else {
      const firing = this.#firing.get(fingerprint);
      if (firing) firing.toMs = atMs;
      this.#firing.delete(fingerprint);
    }
    const status = isFiring ? 'firing' : 'resolved';
    const tracked = {
      labels,
      annotations,
      value,
      activeAtMs,
      firedAtMs,
      status,
      changedAtMs: atMs,
      boot: SENDER,
    } as const;
    const event: AlertEvent = { kind: status, fingerprint, alert: tracked };
    return (this.#groupsOf.get(fingerprint) ?? []).map((groupId) => [groupId, event]);
  }

  /** The groups of an alert; those that were never heard of are noted. */
  #place(labels: Labels): string[] {
    return routesOf(this.#options.routing.route, labels).map((route) => {
      const groupLabels = groupLabelsOf(route, labels);
      const groupId = groupIdOf(route, groupLabels);
      if (!this.#groups.has(groupId)) this.#groups.set(groupId, newGroup(route, groupId, groupLabels));
      return groupId;
    });
  }

  #tell(groupId: string, events: readonly AlertEvent[], atMs: number): void {
    const served = this.#groups.get(groupId);
    if (!served) return;
    const { record } = served;
    const before = record.generation === 0 ? undefined : record;
    const after = applyEvents(before, record, { sender: SENDER, senderVersion: this.#version, events }, atMs);
    if (!after || after === before) return;
    served.record = after;
    this.#work.records += 1;
    this.#noteIncident(served);
    if (served.incident) served.incident.alerts += events.filter(({ kind }) => kind === 'firing').length;
    if (!served.isNotifying) this.#decide(served, atMs);
  }

  #noteIncident(served: Served): void {
    const { record } = served;
    if (served.incident?.generation === record.generation) return;
    const { groupId, generation, receiver, groupLabels, openedAtMs } = record;
    const carried = Object.values(record.members).filter(({ status }) => status !== 'resolved').length;
    const isContinued = served.incident !== undefined && served.incident.closedAtMs === openedAtMs;
    const alerts = isContinued ? carried : 0;
    served.incident = { groupId, generation, receiver, groupLabels, openedAtMs, closedAtMs: undefined, alerts };
    this.#incidents.push(served.incident);
    this.#work.executions += 1;
  }

  #decide(served: Served, atMs: number): void {
    for (;;) {
      const decision = decide(
        served.record,
        this.#options.policyOf(served.record.receiver),
        this.#circumstances(served, atMs),
      );
      served.record = decision.group;
      this.#work.decisions += 1;
      this.#work.records += 1;
      for (const { summary } of decision.problems) this.#problems.set(summary, (this.#problems.get(summary) ?? 0) + 1);
      this.#noteSuppressed(served.record);
      if (decision.next === 'continue') {
        if (served.incident) served.incident.closedAtMs = atMs;
        this.#noteIncident(served);
        continue;
      }
      if (decision.next === 'done') {
        if (served.incident) served.incident.closedAtMs ??= atMs;
      } else if (decision.next === 'wait') {
        served.wait += 1;
        this.#work.waits += 1;
        const { groupId } = served.record;
        this.#wakeUps.add(atMs + decision.waitSeconds * 1000, { kind: 'wait is over', groupId, wait: served.wait });
      } else this.#send(served, decision.notifications, atMs);
      return;
    }
  }

  #circumstances({ route }: Served, nowMs: number): Circumstances {
    const { routing, silences, people } = this.#options;
    const active = silences.filter((silence) => silenceState(silence, nowMs) === 'active');
    return {
      nowMs,
      historyEvents: 0,
      silencing: {
        suppressionOf: this.#suppressionOf(nowMs),
        mutedAt: (atMs) => mutedBy(route, routing.timeIntervals, atMs),
      },
      silencedUntilMs: Math.min(...active.map(({ endsAtMs }) => endsAtMs)),
      targetsOf: people.targetsOf,
    };
  }

  /** Prepared once for a time and a set of alerts that fire. */
  #suppressionOf(nowMs: number): ReturnType<typeof suppressor> {
    const { routing, silences } = this.#options;
    if (routing.inhibitRules.length === 0 && silences.length === 0) return () => undefined;
    const known = this.#suppressor;
    if (known?.version === this.#version && known.atMs === nowMs) return known.of;
    const of = suppressor(routing, { sources: [...this.#firing.values()], silences, nowMs });
    this.#suppressor = { version: this.#version, atMs: nowMs, of };
    return of;
  }

  #noteSuppressed({ members }: GroupRecord): void {
    for (const [fingerprint, { status, suppressed }] of Object.entries(members)) {
      if (suppressed && status !== 'resolved') this.#firing.get(fingerprint)?.suppressed.add(suppressed.reason);
    }
  }

  #send(served: Served, notifications: readonly Notification[], atMs: number): void {
    const { groupId, generation, receiver, members } = served.record;
    const active = Object.values(members).filter(({ status }) => status !== 'resolved');
    const isBeat = active.every(({ labels }) => isHeartbeat(labels));
    const outcomes = notifications.map((notification) => this.#options.people.answerOf(notification, atMs));
    for (const [i, notification] of notifications.entries()) {
      this.#work.notifies += 1;
      const { status, summary } = outcomes[i]!;
      if (status !== 'delivered') {
        this.#problems.set(summary, (this.#problems.get(summary) ?? 0) + 1);
        continue;
      }
      const sent = { ...notification, atMs, groupId, generation, receiver, isHeartbeat: isBeat };
      this.#notifications.push(sent);
      if (!isPage(sent)) continue;
      for (const [fingerprint, { suppressed }] of Object.entries(members)) {
        const firing = this.#firing.get(fingerprint);
        if (firing && !suppressed) firing.pagedAtMs ??= atMs;
      }
    }
    served.isNotifying = true;
    this.#wakeUps.add(atMs + DELIVERY_MS, { kind: 'answers', groupId, generation, notifications, outcomes, isBeat });
  }

  wake(): void {
    const next = this.#wakeUps.take();
    const served = next && this.#groups.get(next.what.groupId);
    if (!next || !served) return;
    const { atMs, what } = next;
    if (what.kind === 'wait is over') {
      if (what.wait === served.wait && !served.isNotifying) this.#decide(served, atMs);
    } else if (what.kind === 'answers') {
      this.#answer(served, what, atMs);
    } else {
      served.isAcknowledging = false;
      const { verdict, group } = acknowledge(served.record, what.generation, SENDER, atMs);
      if (verdict !== 'acknowledged' || !group) return;
      served.record = group;
      this.#work.records += 1;
      if (!served.isNotifying) this.#decide(served, atMs);
    }
  }

  #answer(
    served: Served,
    { generation, notifications, outcomes, isBeat }: Extract<WakeUp, { kind: 'answers' }>,
    atMs: number,
  ): void {
    const { people } = this.#options;
    const { groupId } = served.record;
    served.isNotifying = false;
    for (const [i, notification] of notifications.entries()) {
      const outcome = outcomes[i]!;
      served.record = recordOutcome(served.record, generation, notification, outcome, atMs);
      this.#work.records += 1;
      const isHeard =
        outcome.status === 'delivered' &&
        isPage({ ...notification, isHeartbeat: isBeat }) &&
        !served.record.acknowledgement;
      if (!isHeard || served.isAcknowledging || people.acknowledgeAfterMs === undefined) continue;
      served.isAcknowledging = true;
      this.#wakeUps.add(atMs + people.acknowledgeAfterMs, { kind: 'acknowledge', groupId, generation });
    }
    this.#decide(served, atMs);
  }
}
