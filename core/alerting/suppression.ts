/**
 * Why nobody is told of an alert. The list is closed: code, logs, reports and dashboards use these words.
 *
 * - `inhibited`: another alert says it already; `by` is the fingerprint of that source alert
 * - `silenced`: a person said so; `by` is the id of the silence
 * - `muted`: the route keeps quiet at this time; `by` is the name of the time interval, or several with commas between
 */
export const SUPPRESSION_REASONS = ['inhibited', 'silenced', 'muted'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

export interface Suppression {
  readonly reason: SuppressionReason;
  readonly by: string;
  /** Of a silence that is a maintenance window: what fires when it closes is raised again, even where it was known. */
  readonly isMaintenance?: true;
}
