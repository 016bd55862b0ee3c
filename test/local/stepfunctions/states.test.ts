import { describe, expect, test } from '@jest/globals';
import { AwsError } from '../../../local/aws/service.ts';
import { bench, INVOKE, outputOf } from './support.ts';

describe('data', () => {
  test('Assign and Output see the variables as they were before the state', async () => {
    const { run } = bench();
    const execution = run({
      First: { Type: 'Pass', Assign: { n: 1 }, Next: 'Second' },
      Second: { Type: 'Pass', Assign: { n: '{% $n + 1 %}' }, Output: { seen: '{% $n %}' }, Next: 'Third' },
      Third: { Type: 'Pass', Output: { before: '{% $states.input.seen %}', after: '{% $n %}' }, End: true },
    });
    expect(await outputOf(execution)).toEqual({ before: 1, after: 2 });
  });

  test('the context names execution, machine and state', async () => {
    const { run } = bench();
    const execution = run({
      Look: {
        Type: 'Pass',
        Output:
          '{% [$states.context.Execution.Name, $states.context.StateMachine.Name, $states.context.State.Name, $states.context.Execution.StartTime, $now()] %}',
        End: true,
      },
    });
    expect(await outputOf(execution)).toEqual([
      'e1',
      'm1',
      'Look',
      '2026-11-23T10:00:00.000Z',
      '2026-11-23T10:00:00.000Z',
    ]);
  });

  test.each([
    ['$partition([1, 2, 3], 2)', [[1, 2], [3]]],
    ['$range(1, 7, 3)', [1, 4, 7]],
    ["$hash('abc', 'SHA-1')", 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['$parse(\'{"a":1}\').a', 1],
    ['$random()', 0.5],
    ['$length($uuid())', 36],
    ['$millis()', Date.parse('2026-11-23T10:00:00Z')],
    ["$now('[Y0001]')", '2026'],
  ])('%s', async (expression, expected) => {
    const { run } = bench();
    expect(await outputOf(run({ P: { Type: 'Pass', Output: `{% ${expression} %}`, End: true } }))).toEqual(expected);
  });

  test.each([
    ['nothing', '$states.input.missing', 'returned nothing'],
    ['$eval', "$eval('1')", 'non-function'],
    ['an error', '1 + "a"', 'threw an error'],
  ])('an expression that gives %s fails the state', async (_, expression, said) => {
    const { run } = bench();
    const execution = run({ P: { Type: 'Pass', Output: `{% ${expression} %}`, End: true } });
    await execution.ended;
    expect([execution.status, execution.error]).toEqual(['FAILED', 'States.QueryEvaluationError']);
    expect(execution.cause).toContain(said);
  });

  test('an output over 256 KiB fails', async () => {
    const { run } = bench();
    const execution = run({ P: { Type: 'Pass', Output: "{% $pad('', 300000, 'x') %}", End: true } });
    await execution.ended;
    expect(execution.error).toBe('States.DataLimitExceeded');
  });
});

describe('Choice', () => {
  const states = {
    Which: {
      Type: 'Choice',
      Choices: [
        { Condition: '{% $states.input.n > 1 %}', Assign: { big: true }, Next: 'Big' },
        { Condition: '{% $states.input.n = 1 %}', Output: 'exactly one', Next: 'One' },
      ],
      Default: 'None',
    },
    Big: { Type: 'Pass', Output: '{% $big %}', End: true },
    One: { Type: 'Pass', End: true },
    None: { Type: 'Fail', Error: 'Nothing', Cause: "{% 'n was ' & $states.input.n %}" },
  };

  test.each([
    [2, true],
    [1, 'exactly one'],
  ])('n = %p', async (n, expected) => {
    expect(await outputOf(bench().run(states, { n }))).toEqual(expected);
  });

  test('goes to the default, and Fail computes its cause', async () => {
    const execution = bench().run(states, { n: 0 });
    await execution.ended;
    expect([execution.status, execution.error, execution.cause]).toEqual(['FAILED', 'Nothing', 'n was 0']);
  });

  test('without a default nothing matching is an error', async () => {
    const { Default: _, ...which } = states.Which;
    const execution = bench().run({ ...states, Which: which }, { n: 0 });
    await execution.ended;
    expect(execution.error).toBe('States.NoChoiceMatched');
  });

  test('a condition must be true or false', async () => {
    const Which = { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'Big' }] };
    const execution = bench().run({ Which, Big: { Type: 'Succeed' } });
    await execution.ended;
    expect(execution.error).toBe('States.QueryEvaluationError');
  });
});

describe('Wait', () => {
  test('waits so many seconds, not one less', async () => {
    const { run, clock } = bench();
    const execution = run({ W: { Type: 'Wait', Seconds: '{% $states.input.s %}', End: true } }, { s: 10 });
    await clock.advance(9_999);
    expect(execution.status).toBe('RUNNING');
    await clock.advance(1);
    expect(execution.status).toBe('SUCCEEDED');
  });

  test('waits until a time', async () => {
    const { run, clock } = bench();
    const execution = run(
      { W: { Type: 'Wait', Timestamp: '{% $states.input.t %}', End: true } },
      { t: '2026-11-23T10:00:05Z' },
    );
    await clock.advance(5000);
    expect(execution.status).toBe('SUCCEEDED');
  });

  test('a fraction of a second is refused, as the real engine does', async () => {
    const execution = bench().run({ W: { Type: 'Wait', Seconds: '{% 0.5 %}', End: true } });
    await execution.ended;
    expect(execution.error).toBe('States.QueryEvaluationError');
  });
});

describe('Task', () => {
  const invoke = (more: Record<string, unknown> = {}) => ({
    Type: 'Task',
    Resource: INVOKE,
    Arguments: { FunctionName: 'f', Payload: { n: '{% $states.input.n %}' } },
    Output: '{% $states.result.Payload %}',
    ...more,
  });

  test('calls a function with its payload and sees the answer as Payload', async () => {
    const { run, invoked } = bench((_, payload) => ({ twice: (payload as { n: number }).n * 2 }));
    expect(await outputOf(run({ T: invoke({ End: true }) }, { n: 4 }))).toEqual({ twice: 8 });
    expect(invoked).toEqual([['f', { n: 4 }]]);
  });

  test('retries with backoff, capped, and then catches', async () => {
    const { run, clock, invoked } = bench(() => Object.assign(new Error('no'), { name: 'Flaky' }));
    const execution = run(
      {
        T: invoke({
          Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 2, BackoffRate: 3, MaxDelaySeconds: 5, MaxAttempts: 3 }],
          Catch: [{ ErrorEquals: ['States.ALL'], Assign: { why: '{% $states.errorOutput.Error %}' }, Next: 'Sorry' }],
          End: true,
        }),
        Sorry: { Type: 'Pass', Output: '{% [$why, $parse($states.input.Cause).errorMessage] %}', End: true },
      },
      { n: 1 },
    );
    const counts = [];
    for (const ms of [0, 1999, 1, 4999, 1, 4999, 1]) {
      await clock.advance(ms);
      counts.push(invoked.length);
    }
    expect(counts).toEqual([1, 1, 2, 2, 3, 3, 4]);
    expect(await outputOf(execution)).toEqual(['Flaky', 'no']);
  });

  test('full jitter shortens the delay, and the retry count is in the context', async () => {
    let calls = 0;
    const { run, clock } = bench((_, payload) => (++calls === 1 ? new Error('once') : payload));
    const execution = run({
      T: {
        Type: 'Task',
        Resource: INVOKE,
        Arguments: { FunctionName: 'f', Payload: '{% $states.context.State.RetryCount %}' },
        Retry: [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 4, JitterStrategy: 'FULL' }],
        Output: '{% $states.result.Payload %}',
        End: true,
      },
    });
    await clock.advance(2000);
    expect(await outputOf(execution)).toBe(1);
  });

  test('MaxAttempts 0 means not to retry', async () => {
    const { run, invoked } = bench(() => new Error('no'));
    const execution = run(
      {
        T: invoke({ Retry: [{ ErrorEquals: ['Error'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }], End: true }),
      },
      { n: 1 },
    );
    await execution.ended;
    expect([execution.error, invoked.length]).toEqual(['Error', 1]);
  });

  test('times out, with the seconds from an expression', async () => {
    const { run, clock } = bench(() => new Promise(() => {}));
    const execution = run({ T: invoke({ TimeoutSeconds: '{% $states.input.n %}', End: true }) }, { n: 3 });
    await clock.advance(2999);
    expect(execution.status).toBe('RUNNING');
    await clock.advance(1);
    expect([execution.status, execution.error]).toEqual(['FAILED', 'States.Timeout']);
    expect(execution.history.events.map(({ type }) => type)).toContain('TaskTimedOut');
  });

  test('a service that is throttled is named in the error', async () => {
    const { run } = bench(() => Promise.reject(new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429)));
    const execution = run({ T: invoke({ End: true }) }, { n: 1 });
    await execution.ended;
    expect(execution.error).toBe('Lambda.TooManyRequestsException');
  });

  test('what the role may not do fails', async () => {
    const { run } = bench(undefined, { denied: (role, { action }) => `${role} may not ${action}` });
    const execution = run({ T: invoke({ End: true }) }, { n: 1 });
    await execution.ended;
    expect([execution.error, execution.cause]).toEqual([
      'Lambda.AccessDeniedException',
      'arn:aws:iam::123456789012:role/machine may not lambda:InvokeFunction',
    ]);
  });

  test('publishes to SNS and starts executions, whose name counts once', async () => {
    const published: unknown[] = [];
    const { run, engine } = bench(undefined, {
      publish: async (...message) => {
        published.push(message);
        return { messageId: 'm-7' };
      },
    });
    const child = engine.createMachine(
      'child',
      JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'S', States: { S: { Type: 'Succeed' } } }),
      'role',
    );
    const start = {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution',
      Arguments: { StateMachineArn: child.arn, Name: 'one', Input: { a: 1 } },
    };
    const execution = run({
      Tell: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sns:publish',
        Arguments: { TopicArn: 'topic', Subject: 's', Message: { a: 1 } },
        Assign: { id: '{% $states.result.MessageId %}' },
        Next: 'Start',
      },
      Start: { ...start, Assign: { child: '{% $states.result.ExecutionArn %}' }, Next: 'Again' },
      Again: {
        ...start,
        Catch: [
          {
            ErrorEquals: ['StepFunctions.ExecutionAlreadyExistsException'],
            Output: '{% [$id, $child] %}',
            Next: 'Done',
          },
        ],
        End: true,
      },
      Done: { Type: 'Succeed' },
    });
    expect(await outputOf(execution)).toEqual(['m-7', 'arn:aws:states:us-east-1:123456789012:execution:child:one']);
    expect(published).toEqual([['topic', '{"a":1}', 's']]);
  });
});

describe('Parallel and Map', () => {
  test('branches run at the same time and their outputs are in order', async () => {
    const { run, clock } = bench();
    const slow = (seconds: number) => ({
      StartAt: 'W',
      States: { W: { Type: 'Wait', Seconds: seconds, Output: `{% ${seconds} + $states.input.n + $v %}`, End: true } },
    });
    const execution = run(
      {
        A: { Type: 'Pass', Assign: { v: 100 }, Next: 'P' },
        P: { Type: 'Parallel', Branches: [slow(2), slow(1)], End: true },
      },
      { n: 10 },
    );
    await clock.advance(2000);
    expect(await outputOf(execution)).toEqual([112, 111]);
  });

  test('a failing branch stops the others and is caught by the state', async () => {
    const { run, clock } = bench();
    const execution = run({
      P: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 3600, End: true } } },
          { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'Broken' } } },
        ],
        Catch: [{ ErrorEquals: ['Broken'], Next: 'Caught' }],
        End: true,
      },
      Caught: { Type: 'Succeed', Output: '{% $states.input.Error %}' },
    });
    await clock.advance(0);
    expect(await outputOf(execution)).toBe('Broken');
  });

  test('Map runs its processor per item, at most so many at once', async () => {
    const { run, clock, invoked } = bench((_, payload) => payload);
    const execution = run(
      {
        M: {
          Type: 'Map',
          Items: '{% $states.input.list %}',
          ItemSelector: { item: '{% $states.context.Map.Item.Value %}', i: '{% $states.context.Map.Item.Index %}' },
          MaxConcurrency: 2,
          ItemProcessor: {
            ProcessorConfig: { Mode: 'INLINE' },
            StartAt: 'W',
            States: {
              W: { Type: 'Wait', Seconds: 1, Next: 'T' },
              T: {
                Type: 'Task',
                Resource: INVOKE,
                Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
                Output: '{% $states.result.Payload.item & $states.result.Payload.i %}',
                End: true,
              },
            },
          },
          End: true,
        },
      },
      { list: ['a', 'b', 'c'] },
    );
    await clock.advance(1000);
    expect(invoked.length).toBe(2);
    await clock.advance(1000);
    expect(await outputOf(execution)).toEqual(['a0', 'b1', 'c2']);
  });

  test('Map over nothing gives nothing', async () => {
    const ItemProcessor = { StartAt: 'S', States: { S: { Type: 'Succeed' } } };
    expect(await outputOf(bench().run({ M: { Type: 'Map', Items: '{% [] %}', ItemProcessor, End: true } }))).toEqual(
      [],
    );
  });
});
