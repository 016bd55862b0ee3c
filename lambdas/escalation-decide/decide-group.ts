import { type Decision, decide, historyEventsAfter } from '../../core/escalation/decide.ts';
import { type ExecutionInput, executionName } from '../../core/escalation/execution.ts';
import type { GroupRecord } from '../../core/escalation/group.ts';
import type { EscalationPolicy } from '../../core/escalation/policy.ts';
import type { Groups } from '../shared/groups.ts';
import type { NotifyRequest } from '../shared/notify-request.ts';

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

export interface DecidePorts {
  readonly groups: Groups;
  readonly policyOf: (receiver: string) => EscalationPolicy;
  readonly nowMs: () => number;
}

/** Decides about a group and stores the decision before it is acted upon. */
export async function decideGroup(request: DecideRequest, ports: DecidePorts): Promise<DecideAnswer> {
  const { groupId, executionArn, historyEvents } = request;
  let decision: Decision | undefined;
  await ports.groups.change(groupId, (group) => {
    decision = undefined;
    if (!group || isOvertaken(group, request)) return group;
    const { waiting: _over, ...served } = group;
    decision = decide({ ...served, executionArn }, ports.policyOf(group.receiver), {
      nowMs: ports.nowMs(),
      historyEvents,
    });
    return decision.group;
  });
  return answer(decision, groupId, request);
}

/** Another execution serves the group by now. */
function isOvertaken(group: GroupRecord, { generation, continuation }: ExecutionInput): boolean {
  return group.generation > generation || (group.generation === generation && group.continuation > continuation);
}

function answer(decision: Decision | undefined, groupId: string, request: DecideRequest): DecideAnswer {
  const { generation, historyEvents } = request;
  if (!decision) return { next: 'done', notifications: [], waitSeconds: 0, revision: 0, historyEvents };
  const notifications = decision.next === 'notify' ? decision.notifications : [];
  return {
    next: decision.next,
    notifications: notifications.map((notification) => ({ groupId, generation, ...notification })),
    waitSeconds: decision.next === 'wait' ? decision.waitSeconds : 0,
    revision: decision.group.revision,
    historyEvents: historyEventsAfter(decision, historyEvents),
    ...(decision.next === 'continue'
      ? { continuation: { name: executionName(decision.input), input: decision.input } }
      : {}),
  };
}
