import type { SuppressionReason } from '../alerting/suppression.ts';
import type { Notification } from '../escalation/notification.ts';
import type { Labels } from '../metrics/model.ts';

/** What happened in a replay, for reports to count. */

export interface SentNotification extends Notification {
  readonly atMs: number;
  readonly groupId: string;
  readonly generation: number;
  readonly receiver: string;
  /** Of alerts with the severity `none` only: nobody is to do anything. */
  readonly isHeartbeat: boolean;
}

/** One generation of a group: one incident as people meet it. */
export interface Incident {
  readonly groupId: string;
  readonly generation: number;
  readonly receiver: string;
  readonly groupLabels: Labels;
  readonly openedAtMs: number;
  closedAtMs: number | undefined;
  /** Alerts that fired in it, each time counted. */
  alerts: number;
}

/** One time that an alert fired. */
export interface Firing {
  readonly rule: string;
  readonly labels: Labels;
  readonly fingerprint: string;
  readonly fromMs: number;
  /** Undefined: it fires still. */
  toMs: number | undefined;
  /** Why people were not told of it at some time, by group. */
  readonly suppressed: Set<SuppressionReason>;
  /** Its first page: when a page of one of its groups left while it fired. */
  pagedAtMs: number | undefined;
}

/** What the system did, to be paid for. */
export interface Work {
  decisions: number;
  waits: number;
  notifies: number;
  executions: number;
  /** Group records read and written. */
  records: number;
}

export interface Journal {
  readonly firings: readonly Firing[];
  readonly incidents: readonly Incident[];
  readonly notifications: readonly SentNotification[];
  /** Texts of what went wrong with telling people, and how often. */
  readonly problems: ReadonlyMap<string, number>;
  readonly work: Work;
}
