import type { ReportedAlert } from '../../core/alerting/report.ts';
import type { PointGroup } from '../../core/metrics/model.ts';
import type { RuleStatus } from '../../core/rules/index.ts';
import type { Log } from '../log.ts';
import type { LoopEvaluation, RuleLoop } from './rule-loop.ts';
import type { RulesStateStore } from './state-file.ts';

export interface AlertReporterOptions {
  readonly loop: RuleLoop;
  readonly store: RulesStateStore;
  /** Sends the complete set; resolves to whether the next hop has it. */
  readonly send: (alerts: readonly ReportedAlert[]) => Promise<boolean>;
  /** The set is sent again after this without a change: a lease on what the cloud knows. */
  readonly leaseMs: number;
  readonly log: Log;
}

/** Evaluates the rules and tells the cloud: at once about any change, and again and again that nothing changed. */
export class AlertReporter {
  private readonly options: AlertReporterOptions;
  private sendAtMs = 0;
  private sending = false;

  constructor(options: AlertReporterOptions) {
    this.options = options;
  }

  /** One second's work; returns whether an alert went pending or firing. */
  evaluate(groups: readonly PointGroup[], nowMs: number): boolean {
    const { loop } = this.options;
    loop.observe(groups);
    return this.tell(loop.evaluate(nowMs), nowMs);
  }

  /** Each rule with its last evaluations. */
  rules(): readonly RuleStatus[] {
    return this.options.loop.rules();
  }

  /** What came in between: the rules about it do not wait for the next second. Returns as `evaluate`. */
  evaluateArrival(groups: readonly PointGroup[], nowMs: number): boolean {
    const { loop } = this.options;
    loop.observe(groups);
    return this.tell(loop.evaluateArrival(groups, nowMs), nowMs);
  }

  private tell({ changes, errors }: LoopEvaluation, nowMs: number): boolean {
    const { log, loop } = this.options;
    for (const { rule, message } of errors) log('warn', `rule ${rule}: ${message}`);
    const late = loop.takeLate();
    if (late > 0) log('warn', `${late} samples came later than the watermark of a rule that looks at them`);
    for (const { alert, from, to } of changes) {
      log('info', `alert ${alert.labels.alertname} ${from} -> ${to}`, { labels: alert.labels, value: alert.value });
    }
    if (changes.length > 0) {
      this.sendAtMs = nowMs;
      void this.save();
    }
    void this.sendIfDue(nowMs);
    return changes.some(({ to }) => to === 'pending' || to === 'firing');
  }

  /** The connection is back: what changed meanwhile is not waited for. */
  sendSoon(): void {
    this.sendAtMs = 0;
  }

  alerts(): readonly ReportedAlert[] {
    return this.options.loop.alerts();
  }

  takeRecordedPoints(): PointGroup {
    return this.options.loop.takeRecordedPoints();
  }

  async save(): Promise<void> {
    const { loop, store, log } = this.options;
    try {
      await store.save(loop.state());
    } catch (error) {
      log('error', `the state of the rules cannot be saved: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private async sendIfDue(nowMs: number): Promise<void> {
    if (this.sending || nowMs < this.sendAtMs) return;
    this.sending = true;
    // Moved before sending: a change that happens meanwhile makes it due again.
    const { loop, send, leaseMs } = this.options;
    const dueMs = nowMs + leaseMs;
    this.sendAtMs = dueMs;
    let isSent = false;
    try {
      isSent = await send(loop.alerts());
    } finally {
      this.sending = false;
    }
    // How long a pending alert has waited is known after a restart from what was saved last.
    if (loop.alerts().some(({ state }) => state === 'pending')) void this.save();
    if (!isSent) this.sendAtMs = nowMs;
    // Something changed while the report was on its way; without a connection the next second tries again.
    else if (this.sendAtMs < dueMs) await this.sendIfDue(this.sendAtMs);
  }
}
