import type { ReceiverTexts } from '../../core/alerting/templates/receivers.ts';
import type { Notification } from '../../core/escalation/notification.ts';
import type { Limit } from '../../core/oncall/budget.ts';

/** A notification as `escalation-notify` is given it by the state machine, from the answer of `escalation-decide`. */
export interface NotifyRequest extends Notification {
  readonly groupId: string;
  readonly generation: number;
  /** The receiver's own words, where it has some. */
  readonly texts?: ReceiverTexts;
  /** How much the channel may carry to the person; absent: as much as there is. */
  readonly budget?: readonly Limit[];
}
