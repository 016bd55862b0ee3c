import {
  ExecutionAlreadyExists,
  InvalidToken,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { type ExecutionInput, executionName } from '../../core/escalation/execution.ts';
import type { GroupRecord } from '../../core/escalation/group.ts';

/** The state machine, as those see it who start an escalation or have news for one. */
export interface Escalations {
  /** Starts the execution; one that has been started already is left alone. */
  start(input: ExecutionInput): Promise<void>;
  /** Ends a wait. A token whose wait is over is no error: what was stored before is read by the next decision. */
  wake(token: string): Promise<void>;
}

export function stepFunctionsEscalations(client: SFNClient, stateMachineArn: string): Escalations {
  return {
    async start(input) {
      try {
        const name = executionName(input);
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },
    wake: (token) => wake(client, token),
  };
}

export async function wake(client: SFNClient, taskToken: string): Promise<void> {
  try {
    await client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
  } catch (error) {
    const isOver = error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken;
    if (!isOver) throw error;
  }
}

/**
 * Sees to it that somebody decides about what is stored of a group: starts its execution, or ends its wait when more is
 * known than when it began to wait. Does nothing when that has been seen to, so it may be called again and again.
 */
export async function serve(group: GroupRecord, escalations: Escalations): Promise<void> {
  const { groupId, generation, continuation, phase, executionArn, waiting, revision } = group;
  if (phase === 'closed') return;
  if (executionArn === undefined) await escalations.start({ groupId, generation, continuation });
  else if (waiting && waiting.revision < revision) await escalations.wake(waiting.token);
}
