import type { Notification } from '../../core/escalation/notification.ts';

/** A notification as `escalation-notify` is given it by the state machine, from the answer of `escalation-decide`. */
export interface NotifyRequest extends Notification {
  readonly groupId: string;
  readonly generation: number;
}
