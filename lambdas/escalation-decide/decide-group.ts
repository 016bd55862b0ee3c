import type { SuppressedNotification } from '../../core/alerting/silences/review.ts';
import type { ReceiverTexts } from '../../core/alerting/templates/receivers.ts';
import { type Decision, decide, historyEventsAfter } from '../../core/escalation/decide.ts';
import { type ExecutionInput, executionName } from '../../core/escalation/execution.ts';
import type { GroupRecord } from '../../core/escalation/group.ts';
import type { TargetsOf } from '../../core/escalation/ladder.ts';
import type { Notification } from '../../core/escalation/notification.ts';
import type { Channel, EscalationPolicy } from '../../core/escalation/policy.ts';
import type { Problem } from '../../core/escalation/problems.ts';
import { holdUntilMs } from '../../core/healing/hold.ts';
import type { Limit } from '../../core/oncall/budget.ts';
import { type OutsidePorts, silencingNow } from '../shared/circumstances.ts';
import type { Groups } from '../shared/groups.ts';
import type { NotifyRequest } from '../shared/notify-request.ts';
import { newlySilenced, noteHeldBack } from '../shared/silences.ts';

/** What the state machine asks. */
export interface DecideRequest extends ExecutionInput {
  readonly executionArn: string;
  /** Of the execution so far, as the answers before have counted them. */
  readonly historyEvents: number;
}

/** What the state machine does next; see core/escalation/state-machine.ts. */
export interface DecideAnswer {
  readonly next: Decision['next'];
  readonly notifications: readonly NotifyRequest[];
  readonly waitSeconds: number;
  /** What is known: a wait with less is over before it began. */
  readonly revision: number;
  readonly historyEvents: number;
  readonly continuation?: { readonly name: string; readonly input: ExecutionInput };
}

export interface DecidePorts extends OutsidePorts {
  readonly groups: Groups;
  readonly policyOf: (receiver: string) => EscalationPolicy;
  /** Whom a level tells at a time. */
  readonly targetsOf: TargetsOf;
  /** The receiver's own words for a notification, if it has any. */
  readonly textsOf: (group: GroupRecord, notification: Notification, nowMs: number) => ReceiverTexts | undefined;
  /** How much a channel may carry to a person. */
  readonly budgetOf: (person: string, channel: Channel) => readonly Limit[];
  readonly nowMs: () => number;
}

/**
 * Decides about a group and stores the decision before it is acted upon.
 * @returns the answer for the state machine, and what has newly gone wrong with telling people
 */
export async function decideGroup(
  request: DecideRequest,
  ports: DecidePorts,
): Promise<DecideAnswer & { readonly problems: readonly Problem[] }> {
  const { groupId, executionArn, historyEvents } = request;
  const nowMs = ports.nowMs();
  const silencing = await silencingNow(ports, nowMs);
  let decision: Decision | undefined;
  let held: readonly SuppressedNotification[] = [];
  await ports.groups.change(groupId, (group) => {
    decision = undefined;
    if (!group || isOvertaken(group, request)) return group;
    const { waiting: _over, ...served } = group;
    const heldUntilMs = holdUntilMs(group);
    const healing = heldUntilMs === undefined ? {} : { heldUntilMs };
    const circumstances = { nowMs, historyEvents, targetsOf: ports.targetsOf, ...silencing(group), ...healing };
    decision = decide({ ...served, executionArn }, ports.policyOf(group.receiver), circumstances);
    held = newlySilenced(group, decision.group, nowMs);
    return decision.group;
  });
  await noteHeldBack(ports.table, held);
  return { ...answer(decision, request, ports, nowMs), problems: decision?.problems ?? [] };
}

/** Another execution serves the group by now. */
function isOvertaken(group: GroupRecord, { generation, continuation }: ExecutionInput): boolean {
  return group.generation > generation || (group.generation === generation && group.continuation > continuation);
}

function answer(
  decision: Decision | undefined,
  { groupId, generation, historyEvents }: DecideRequest,
  { budgetOf, textsOf }: DecidePorts,
  nowMs: number,
): DecideAnswer {
  if (!decision) return { next: 'done', notifications: [], waitSeconds: 0, revision: 0, historyEvents };
  const notifications = decision.next === 'notify' ? decision.notifications : [];
  return {
    next: decision.next,
    notifications: notifications.map((notification) => {
      const { person, channel } = notification;
      const budget = person === undefined ? [] : budgetOf(person, channel);
      const texts = textsOf(decision.group, notification, nowMs);
      return {
        groupId,
        generation,
        ...notification,
        ...(budget.length > 0 ? { budget } : {}),
        ...(texts ? { texts } : {}),
      };
    }),
    waitSeconds: decision.next === 'wait' ? decision.waitSeconds : 0,
    revision: decision.group.revision,
    historyEvents: historyEventsAfter(decision, historyEvents),
    ...(decision.next === 'continue'
      ? { continuation: { name: executionName(decision.input), input: decision.input } }
      : {}),
  };
}
