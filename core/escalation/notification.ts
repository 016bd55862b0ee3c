import type { Channel } from './policy.ts';

/**
 * `trigger`: level 1, or news of the group. `escalate`: level 2 and up. `reminder`: an acknowledgement is about to expire.
 * All but the first two go to everybody who was told.
 */
export type NotificationKind = 'trigger' | 'escalate' | 'acknowledged' | 'reminder' | 'resolved' | 'unknown';

/** One message to one channel. */
export interface Notification {
  /** Identity within a generation, e.g. `e1.r0.L2.pagerduty` or `e1.r0.L1.sms@ada`: what has been sent under a key is not sent again. */
  readonly key: string;
  readonly kind: NotificationKind;
  readonly channel: Channel;
  /** Handle of the one who is told: `people.<handle>` of the channels secret has the address. Absent: the channel's own. */
  readonly person?: string;
  /** Of a receiver without a policy: its integration, `slack[0]`. */
  readonly integration?: string;
  /** From 1: the level that brought the channel in. */
  readonly level: number;
  /** The episode it belongs to: PagerDuty keeps one incident for each. */
  readonly episode: number;
  /** 0 the first time up the ladder, then counts the repeats. */
  readonly round: number;
}

export interface PlannedNotification extends Notification {
  readonly dueMs: number;
}
