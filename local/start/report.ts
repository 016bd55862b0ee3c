import type { EgressReport } from '../privacy/egress-inspector.ts';

/** What a run did, from the electrode to the person: written by `--report`. */
export interface RunReport {
  /** Counted at the board, per channel. */
  readonly samples: { readonly read: number; readonly expected: number };
  readonly points: PointsReport;
  readonly alerts: readonly AlertTimeline[];
  readonly notifications: readonly NotificationRecord[];
  /** What was told together, and what was not told, and why. */
  readonly groups: readonly GroupReport[];
  /** What healing tried, by target and action. */
  readonly healing: readonly HealingLine[];
  /** Absent when nothing escalated. */
  readonly escalation?: EscalationReport;
  readonly latency: {
    readonly sampleToStoredMs: { readonly p50: number; readonly p95: number };
    readonly edgeToChannelMs: readonly number[];
  };
  readonly egress: EgressReport;
  readonly twin: {
    readonly readyMs: number;
    readonly functions: number;
    readonly rules: number;
    readonly tables: number;
  };
}

/** `stored` is asked of the store; `lost` is `recorded` less all the others. */
export interface PointsReport {
  readonly recorded: number;
  readonly stored: number;
  readonly archived: number;
  readonly rejected: number;
  readonly buffered: number;
  readonly lost: number;
}

export interface AlertTimeline {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly pendingAt?: string;
  readonly firingAt?: string;
  readonly resolvedAt?: string;
  readonly evaluatedWhere: 'edge' | 'cloud';
  /** From crossing the threshold for long enough (firing at the edge) to the first channel's receipt. */
  readonly edgeToChannelMs?: number;
}

export interface NotificationRecord {
  readonly at: string;
  readonly channel: string;
  readonly level: number;
  readonly status: string;
  readonly summary: string;
}

export interface HealingLine {
  readonly key: string;
  readonly status: string;
  readonly reason: string;
  /** Of the attempts in a row that did not help: what was seen. */
  readonly failures: readonly string[];
}

export interface GroupReport {
  readonly receiver: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Alerts that were told as one. */
  readonly alerts: number;
  /** Of these held back at some time, by what held them back last. */
  readonly inhibited: number;
  readonly silenced: number;
  readonly muted: number;
  /** Messages that were sent for the group; pages are those that tell of trouble. */
  readonly notifications: number;
  readonly pages: number;
}

export interface EscalationReport {
  readonly executionArn: string;
  readonly levelsReached: number;
  readonly acknowledgedAt?: string;
  readonly acknowledgedBy?: string;
  readonly endedAt?: string;
  readonly status: string;
}

/** The nearest-rank percentile, or 0 of nothing. */
export function percentile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? 0;
}

export function balance(counts: Omit<PointsReport, 'lost'>): PointsReport {
  return { ...counts, lost: counts.recorded - counts.stored - counts.archived - counts.rejected - counts.buffered };
}
