import type { ReportedAlert } from '../../core/alerting/report.ts';
import { parseRouting } from '../../core/alerting/routing/parse.ts';
import type { Labels } from '../../core/metrics/model.ts';
import type { RuleGroup } from '../../core/rules/model.ts';
import { evaluateRules } from '../../lambdas/evaluate-rules/evaluate.ts';
import { groupsIn } from '../../lambdas/shared/groups.ts';
import type { WindowPoint } from '../../lambdas/shared/rule-window.ts';
import { MemoryAlertsTable } from './memory-alerts-table.ts';

const ROUTING = 'route: { receiver: nobody, group_by: [alertname] }\nreceivers: [{ name: nobody }]';
/** What the deployed rule window keeps. */
const WINDOW_MS = 2 * 3_600_000;
const MINUTE_MS = 60_000;

/** The cloud's evaluation over days: one point a minute, kept for two hours, as in the deployed rule window. */
export class CloudTimeline {
  nowMs: number;
  readonly table = new MemoryAlertsTable(() => this.nowMs);
  readonly problems: string[] = [];
  /** Alerts that fire after the last evaluation: `ErrorBudgetBurnsFast north`. */
  firing: readonly string[] = [];
  /** The alerts of the last evaluation that fire. */
  alerts: readonly ReportedAlert[] = [];
  /** When each alert began to fire, in hours since the start. */
  readonly firedAtHours = new Map<string, number>();
  readonly #startMs: number;
  readonly #rules: readonly RuleGroup[];
  #points: WindowPoint[] = [];

  /** @param startMs a full hour */
  constructor(rules: readonly RuleGroup[], startMs: number) {
    this.#rules = rules;
    this.#startMs = startMs;
    this.nowMs = startMs;
  }

  get hours(): number {
    return (this.nowMs - this.#startMs) / 3_600_000;
  }

  counter(name: string, labels: Labels, value: number): void {
    this.#points.push({ kind: 'counter', name, labels, timeMs: this.nowMs, startMs: this.#startMs, value });
  }

  gauge(name: string, labels: Labels, value: number): void {
    this.#points.push({ kind: 'gauge', name, labels, timeMs: this.nowMs, value });
  }

  /** @param everyMinutes how often the rules are evaluated: seldom is quick, once a minute is real */
  async pass(minutes: number, write: (line: this) => void, everyMinutes = 5): Promise<this> {
    for (let i = 0; i < minutes; i += 1) {
      this.nowMs += MINUTE_MS;
      write(this);
      if (Math.round((this.nowMs - this.#startMs) / MINUTE_MS) % everyMinutes === 0) await this.#evaluate();
    }
    return this;
  }

  async #evaluate(): Promise<void> {
    this.#points = this.#points.filter(({ timeMs }) => timeMs > this.nowMs - WINDOW_MS);
    const { alerts, problems } = await evaluateRules({
      table: this.table,
      groups: groupsIn(this.table),
      escalations: { start: async () => undefined, wake: async () => undefined },
      routing: parseRouting(ROUTING),
      leaseMs: 90_000,
      rules: this.#rules,
      readWindow: async (metric, fromMs, toMs) =>
        this.#points.filter(({ name, timeMs }) => name === metric && timeMs > fromMs && timeMs <= toMs),
      ownerOf: async () => ({ tenant: 't', site: 's' }),
      nowMs: () => this.nowMs,
    });
    this.problems.push(...problems.map(({ rule, message }) => `${rule}: ${message}`));
    this.alerts = alerts.filter(({ state }) => state === 'firing');
    this.firing = this.alerts.map(({ labels }) => [labels.alertname, labels.site].filter(Boolean).join(' ')).sort();
    for (const name of this.firing) if (!this.firedAtHours.has(name)) this.firedAtHours.set(name, this.hours);
  }
}
