import type { Labels } from '../metrics/model.ts';
import type { SessionReport } from './session.ts';

/**
 * What an evaluator of rules (an agent, or the cloud's own) says about the alerts it knows, and all of it: the set is
 * complete, so an alert that is missing from a newer report no longer exists. Re-sent every 30 s as a lease; when the
 * lease lapses the sender's alerts become *unknown*, never resolved.
 */
export interface AlertReport {
  /** Identity of the sender's run; with `seq` it orders reports. A report older than one already seen is ignored. */
  readonly boot: string;
  readonly seq: number;
  readonly sentAtMs: number;
  readonly alerts: readonly ReportedAlert[];
  /** The session at the sender's board; absent of the cloud, of an agent without a board, and of older agents. */
  readonly session?: SessionReport;
}

export type ReportedState = 'pending' | 'firing' | 'resolved';

export interface ReportedAlert {
  /** Identity: `alertname`, the rule's labels and the series' labels, as in Prometheus. */
  readonly labels: Labels;
  /** Text for people, rendered by the rule's templates. Not identity. */
  readonly annotations: Labels;
  readonly state: ReportedState;
  /** When the expression first held (start of pending). */
  readonly activeAtMs: number;
  /** When `for` had elapsed. */
  readonly firedAtMs?: number;
  /** Resolved alerts stay in reports for 15 minutes, so that one lost message loses no resolve. */
  readonly resolvedAtMs?: number;
  /** The value of the expression at the last evaluation that held. */
  readonly value: number;
}
