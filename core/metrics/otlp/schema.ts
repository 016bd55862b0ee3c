/** Names and numbers that the two directions of the codec share. Source: opentelemetry-proto, metrics/v1. */

/** Instrumentation scope of ordinary points. */
export const SCOPE = 'nsmon';
/** Instrumentation scope of one-minute roll-ups: delta histograms of whole minutes. */
export const ROLLUP_SCOPE = 'nsmon/rollup/1m';

/** AggregationTemporality. */
export const DELTA = 1;
export const CUMULATIVE = 2;

/** Resource attributes that carry the envelope of a batch. */
export const ENVELOPE = {
  boot: 'nsmon.boot',
  seq: 'nsmon.seq',
  sentAtMs: 'nsmon.sent_at_ms',
  ackRequested: 'nsmon.ack_requested',
} as const;
