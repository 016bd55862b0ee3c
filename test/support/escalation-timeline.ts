import { fingerprintOf } from '../../core/alerting/fingerprint.ts';
import type { AlertEvent } from '../../core/alerting/sender.ts';
import { acknowledge, recordProgress } from '../../core/escalation/acknowledge.ts';
import { applyEvents } from '../../core/escalation/apply-events.ts';
import { type Circumstances, type Decision, decide } from '../../core/escalation/decide.ts';
import type { GroupRecord, GroupSettings } from '../../core/escalation/group.ts';
import { type Outcome, recordOutcome } from '../../core/escalation/ledger.ts';
import type { Notification } from '../../core/escalation/notification.ts';
import { addressOf, type EscalationPolicy } from '../../core/escalation/policy.ts';
import type { Problem } from '../../core/escalation/problems.ts';

export const SETTINGS: GroupSettings = {
  groupId: 'g',
  receiver: 'critical',
  groupLabels: { alertname: 'A' },
  groupWaitMs: 0,
  groupIntervalMs: 300_000,
  repeatIntervalMs: 4 * 3_600_000,
};

/** Slack at once, SNS after 1 m, PagerDuty after 5 m. */
export const THREE_LEVELS: EscalationPolicy = {
  name: 'three levels',
  levels: [
    { afterMs: 0, channels: ['slack'] },
    { afterMs: 60_000, channels: ['sns'] },
    { afterMs: 300_000, channels: ['pagerduty'] },
  ],
};

export const T0 = Date.UTC(2026, 10, 23, 12);

/**
 * A group and a clock that is moved by hand. Every decision that is due on the way is made, and what it says is sent to
 * channels that answer as told. `said` is the story: `0s trigger slack`, `300s escalate pagerduty`.
 */
export class Timeline {
  group: GroupRecord | undefined;
  readonly said: string[] = [];
  /** What must be said on another path: `300s nobody`. */
  readonly problems: string[] = [];
  /** Every notification that was handed to a channel. */
  readonly sent: (Notification & { readonly generation: number })[] = [];
  answer: (notification: Notification) => Outcome | 'crash' = () => ({ status: 'delivered', summary: 'ok' });
  /** What is so outside the group: silences, who is on call. */
  circumstances: () => Partial<Circumstances> = () => ({});
  /** May be edited while a group is open. */
  policy: EscalationPolicy;
  readonly #settings: GroupSettings;
  #nowMs = T0;
  #lookAtMs = Number.POSITIVE_INFINITY;
  #version = 1;

  constructor(policy: EscalationPolicy = THREE_LEVELS, settings: Partial<GroupSettings> = {}) {
    this.policy = policy;
    this.#settings = { ...SETTINGS, ...settings };
  }

  get second(): number {
    return (this.#nowMs - T0) / 1000;
  }

  alert(kind: AlertEvent['kind'], alertname: string, severity = 'critical', version: number = ++this.#version): void {
    const labels = { alertname, severity };
    const status = kind === 'updated' ? 'firing' : kind;
    const times = { activeAtMs: this.#nowMs, firedAtMs: this.#nowMs, changedAtMs: this.#nowMs };
    const alert = { labels, annotations: {}, status, value: 1, boot: 'b-1', ...times };
    const events = [{ kind, fingerprint: fingerprintOf(labels), alert }];
    const from = { sender: 'lab-1', senderVersion: version, events };
    this.#store(applyEvents(this.group, this.#settings, from, this.#nowMs));
  }

  /** Somebody looks although nothing happened: a silence was created, healing has ended. */
  look(): void {
    this.#run();
  }

  /** Something else changes the group. */
  change(change: (group: GroupRecord) => GroupRecord): void {
    if (this.group) this.#store(change(this.group));
  }

  progress(by = 'Ada', note = ''): boolean {
    const group = recordProgress(this.group, this.group?.generation ?? 1, by, note, this.#nowMs);
    this.#store(group ?? this.group);
    return group !== undefined;
  }

  acknowledge(by = 'Ada'): string {
    const { verdict, group } = acknowledge(this.group, this.group?.generation ?? 1, by, this.#nowMs);
    this.#store(group);
    return verdict;
  }

  /** Moves the clock to a second, with all that happens on the way. */
  at(second: number): this {
    const untilMs = T0 + second * 1000;
    while (this.#lookAtMs <= untilMs) {
      this.#nowMs = this.#lookAtMs;
      this.#run();
    }
    this.#nowMs = untilMs;
    return this;
  }

  /** The clock jumps: nothing was decided on the way. */
  jumpTo(second: number): this {
    this.#nowMs = T0 + second * 1000;
    if (this.#lookAtMs <= this.#nowMs) this.#run();
    return this;
  }

  #store(group: GroupRecord | undefined): void {
    if (group === this.group) return;
    this.group = group;
    this.#run();
  }

  #run(): void {
    this.#lookAtMs = Number.POSITIVE_INFINITY;
    for (let turns = 0; this.group; turns += 1) {
      if (turns > 100) throw new Error('decide never comes to rest');
      const decision: Decision = decide(this.group, this.policy, {
        ...this.circumstances(),
        nowMs: this.#nowMs,
        historyEvents: 0,
      });
      this.group = decision.group;
      this.problems.push(...decision.problems.map(({ kind }: Problem) => `${this.second}s ${kind}`));
      if (decision.next === 'done') return;
      if (decision.next === 'wait') {
        this.#lookAtMs = this.#nowMs + decision.waitSeconds * 1000;
        return;
      }
      if (decision.next === 'notify') for (const notification of decision.notifications) this.#send(notification);
    }
  }

  #send(notification: Notification): void {
    if (!this.group) return;
    const { generation } = this.group;
    this.sent.push({ ...notification, generation });
    const { kind, channel, person, episode } = notification;
    const address = addressOf({ channel, ...(person === undefined ? {} : { person }) });
    const answer = this.answer(notification);
    const failed = answer !== 'crash' && answer.status !== 'delivered' ? ` (${answer.status})` : '';
    const incident = channel === 'pagerduty' ? ` ${generation}.${episode}` : '';
    this.said.push(`${this.second}s ${kind} ${address}${incident}${answer === 'crash' ? ' (crash)' : failed}`);
    if (answer !== 'crash') this.group = recordOutcome(this.group, generation, notification, answer, this.#nowMs);
  }
}
