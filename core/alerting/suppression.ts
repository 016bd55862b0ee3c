/** Why an alert is not told of now: the closed list that code, logs, reports and dashboards share. */
export const SUPPRESSION_REASONS = ['inhibited', 'silenced', 'muted'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

export interface Suppression {
  readonly reason: SuppressionReason;
  /** Fingerprint of the inhibiting alert, id of the silence, or name of the time interval. */
  readonly by: string;
}
