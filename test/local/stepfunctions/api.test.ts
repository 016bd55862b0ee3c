import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createStepFunctions, type StepFunctionsService } from '../../../local/stepfunctions/api.ts';
import { ID, type Rig, startRig } from '../aws/support.ts';

let rig: Rig;
let sfn: SFNClient;
let stepFunctions: StepFunctionsService;
let stateMachineArn: string;
const tokens: string[] = [];

beforeAll(async () => {
  rig = await startRig();
  stepFunctions = createStepFunctions({
    place: rig.place,
    ports: {
      async invokeLambda(_, payload) {
        tokens.push((payload as { token: string }).token);
        return { payload: null };
      },
      publish: async () => ({ messageId: 'm' }),
    },
  });
  rig.endpoint.use(stepFunctions.service);
  sfn = new SFNClient(rig.client);
  const made = await stepFunctions.provisioners['AWS::StepFunctions::StateMachine']?.(ID, {
    StateMachineName: 'ask',
    RoleArn: 'arn:aws:iam::123456789012:role/machine',
    DefinitionSubstitutions: { Function: 'f' },
    DefinitionString: JSON.stringify({
      QueryLanguage: 'JSONata',
      StartAt: 'Ask',
      States: {
        Ask: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a CloudFormation substitution
          Arguments: { FunctionName: '${Function}', Payload: { token: '{% $states.context.Task.Token %}' } },
          End: true,
        },
      },
    }),
  });
  stateMachineArn = made?.ref ?? '';
});

afterAll(async () => {
  sfn.destroy();
  await rig.endpoint.close();
});

async function start(name: string): Promise<{ executionArn: string; taskToken: string }> {
  const known = tokens.length;
  const { executionArn = '' } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: '{"a":1}' }));
  while (tokens.length === known) await new Promise((resolve) => setImmediate(resolve));
  return { executionArn, taskToken: tokens.at(-1) ?? '' };
}

async function ended(executionArn: string) {
  await stepFunctions.engine.execution(executionArn).ended;
  return sfn.send(new DescribeExecutionCommand({ executionArn }));
}

test('an execution is started, answered, described and read back event by event', async () => {
  const { executionArn, taskToken } = await start('good');
  expect(executionArn).toBe('arn:aws:states:us-east-1:123456789012:execution:ask:good');
  expect(
    (await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }))).executions,
  ).toHaveLength(1);
  await sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
  await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{"by":"Robin"}' }));
  const { status, output, input, startDate } = await ended(executionArn);
  expect([status, output, input]).toEqual(['SUCCEEDED', '{"by":"Robin"}', '{"a":1}']);
  expect(Math.abs(Number(startDate) - Date.now())).toBeLessThan(60_000);
  const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  expect(events?.map(({ type }) => type)).toEqual([
    'ExecutionStarted',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskSubmitted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
  expect(events?.[1]?.stateEnteredEventDetails).toEqual({ name: 'Ask', input: '{"a":1}' });
  const { events: [last] = [] } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 1 }),
  );
  expect(last?.type).toBe('ExecutionSucceeded');
  await expect(sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }))).rejects.toBeInstanceOf(TaskTimedOut);
});

test('a task can be failed, and an execution stopped', async () => {
  const failing = await start('bad');
  await sfn.send(new SendTaskFailureCommand({ taskToken: failing.taskToken, error: 'Rejected', cause: 'no' }));
  expect(await ended(failing.executionArn)).toMatchObject({ status: 'FAILED', error: 'Rejected', cause: 'no' });
  const stopping = await start('stopped');
  await sfn.send(new StopExecutionCommand({ executionArn: stopping.executionArn, error: 'E', cause: 'c' }));
  expect(await ended(stopping.executionArn)).toMatchObject({ status: 'ABORTED', error: 'E' });
});

test('a name that was used is refused with the SDK class', async () => {
  const used = new StartExecutionCommand({ stateMachineArn, name: 'good', input: '{"b":2}' });
  await expect(sfn.send(used)).rejects.toBeInstanceOf(ExecutionAlreadyExists);
});

test('a definition with a mistake stops the start, naming the resource', async () => {
  const provision = stepFunctions.provisioners['AWS::StepFunctions::StateMachine'];
  await expect(provision?.(ID, { DefinitionString: '{}' })).rejects.toThrow(/nsmon-test\/Thing: .*QueryLanguage/s);
});
