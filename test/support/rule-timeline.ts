import { readFileSync } from 'node:fs';
import type { ReportedAlert } from '../../core/alerting/report.ts';
import { classicBoundaries } from '../../core/metrics/catalogue.ts';
import { ExponentialHistogramRecorder } from '../../core/metrics/exponential-histogram.ts';
import type { Labels } from '../../core/metrics/model.ts';
import { classicView, MemorySeriesSource } from '../../core/promql/index.ts';
import {
  evaluateGroup,
  type GroupEvaluation,
  type GroupState,
  parseRuleFile,
  type RuleGroup,
} from '../../core/rules/index.ts';

/** The group of a shipped rule file that holds the alert. */
export function shippedGroup(file: string, alert: string): RuleGroup {
  const groups = parseRuleFile(readFileSync(`rules/alerts/${file}.yaml`, 'utf8'), file);
  const group = groups.find(({ rules }) => rules.some(({ name }) => name === alert));
  if (!group) throw new Error(`no alert ${alert} in rules/alerts/${file}.yaml`);
  return { ...group, rules: group.rules.filter(({ name }) => name === alert) };
}

/** Labels as an agent gives them to what it measures of a board. */
export const DEVICE: Labels = {
  job: 'neural',
  instance: 'lab-1',
  thing: 'lab-1',
  device_id: 'cap-1',
  device_type: 'openbci-cyton',
};

/** What an agent would have: series in memory, written second by second, and rules evaluated on them. */
export class RuleTimeline {
  readonly memory = new MemorySeriesSource({ retentionMs: 600_000 });
  nowMs = 0;
  last: GroupEvaluation | undefined;
  private readonly source = classicView(this.memory, classicBoundaries);
  private readonly recorders = new Map<string, ExponentialHistogramRecorder>();
  private state: GroupState = {};
  private readonly group: RuleGroup;

  constructor(group: RuleGroup) {
    this.group = group;
  }

  /** Lets seconds pass; before each evaluation `write` puts down what is measured then. */
  pass(seconds: number, write: (timeline: RuleTimeline) => void): this {
    for (let i = 0; i < seconds; i += 1) {
      this.nowMs += 1000;
      write(this);
      // State goes through JSON, as it does between invocations of a function.
      this.state = JSON.parse(JSON.stringify(this.state)) as GroupState;
      this.last = evaluateGroup(this.group, this.source, this.nowMs, this.state);
      this.state = this.last.state;
      if (this.last.errors.length > 0) throw new Error(JSON.stringify(this.last.errors));
    }
    return this;
  }

  set(name: string, labels: Labels, value: number): void {
    this.memory.append(name, labels, this.nowMs, value);
  }

  observe(name: string, labels: Labels, values: readonly number[]): void {
    const recorder = this.recorders.get(name) ?? new ExponentialHistogramRecorder();
    this.recorders.set(name, recorder);
    for (const value of values) recorder.record(value);
    this.memory.append(name, labels, this.nowMs, recorder.snapshot());
  }

  get alerts(): readonly ReportedAlert[] {
    return this.last?.alerts ?? [];
  }

  get states(): string[] {
    return this.alerts.map(({ state }) => state);
  }
}
