import { ExecutionAlreadyExists, type SFNClient, TaskTimedOut } from '@aws-sdk/client-sfn';
import { describe, expect, test } from '@jest/globals';
import { openGeneration } from '../../../core/escalation/group.ts';
import { readEnv as readAcknowledgeEnv } from '../../../lambdas/acknowledge/env.ts';
import { readEnv as readDecideEnv } from '../../../lambdas/escalation-decide/env.ts';
import { readEnv as readNotifyEnv } from '../../../lambdas/escalation-notify/env.ts';
import { readEnv as readWaitEnv } from '../../../lambdas/escalation-wait/env.ts';
import { readEnv as readEvaluateEnv } from '../../../lambdas/evaluate-rules/env.ts';
import { readEnv as readRouteEnv } from '../../../lambdas/route-alerts/env.ts';
import { serve, stepFunctionsEscalations } from '../../../lambdas/shared/escalations.ts';
import { SETTINGS, T0 } from '../../support/escalation-timeline.ts';

/** Step Functions that answers every call in the same way. */
function answering(answer: () => unknown) {
  const calls: unknown[] = [];
  const send = async (command: { input: unknown }) => {
    calls.push(command.input);
    return answer();
  };
  return { calls, escalations: stepFunctionsEscalations({ send } as unknown as SFNClient, 'arn:machine') };
}

function failing(error: Error) {
  return answering(() => {
    throw error;
  });
}

describe('Step Functions', () => {
  const input = { groupId: 'g', generation: 2, continuation: 0 };
  const details = { $metadata: {}, message: 'no' };

  test('is asked for one execution a generation, by a name that says which', async () => {
    const { calls, escalations } = answering(() => ({}));
    await escalations.start(input);
    const [call] = calls as { name: string; stateMachineArn: string; input: string }[];
    expect(call).toMatchObject({ stateMachineArn: 'arn:machine', input: JSON.stringify(input) });
    expect(call?.name).toMatch(/^g-2-[0-9a-f]{12}$/);
  });

  test('that has started it already, or has ended the wait already, has done what was asked', async () => {
    await failing(new ExecutionAlreadyExists(details)).escalations.start(input);
    await failing(new TaskTimedOut(details)).escalations.wake('token');
    await expect(failing(new Error('throttled')).escalations.start(input)).rejects.toThrow('throttled');
    await expect(failing(new Error('throttled')).escalations.wake('token')).rejects.toThrow('throttled');
  });
});

describe('serving a group', () => {
  const group = openGeneration(SETTINGS, undefined, T0);
  const calls = async (more: Partial<typeof group>): Promise<number> => {
    const { calls: made, escalations } = answering(() => ({}));
    await serve({ ...group, ...more }, escalations);
    return made.length;
  };

  test('starts what has not begun, wakes what does not know, and leaves alone what does', async () => {
    expect(await calls({})).toBe(1);
    expect(await calls({ executionArn: 'arn', revision: 3, waiting: { token: 't', revision: 2 } })).toBe(1);
    expect(await calls({ executionArn: 'arn', revision: 3, waiting: { token: 't', revision: 3 } })).toBe(0);
    expect(await calls({ executionArn: 'arn', revision: 3 })).toBe(0);
    expect(await calls({ phase: 'closed' })).toBe(0);
  });
});

describe('an environment without its variables', () => {
  test.each([
    ['route-alerts', readRouteEnv],
    ['evaluate-rules', readEvaluateEnv],
    ['escalation-decide', readDecideEnv],
    ['escalation-notify', readNotifyEnv],
    ['escalation-wait', readWaitEnv],
    ['acknowledge', readAcknowledgeEnv],
  ])('%s says all that is missing at once', (_name, readEnv) => {
    expect(() => readEnv({})).toThrow(/ALERTS_TABLE is not set; .*ENVIRONMENT is not set/);
  });
});
