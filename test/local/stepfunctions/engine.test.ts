import { describe, expect, test } from '@jest/globals';
import { escalationDefinition } from '../../../core/escalation/state-machine.ts';
import { parseDefinition } from '../../../local/stepfunctions/parse.ts';
import { bench, INVOKE, outputOf, settle } from './support.ts';

describe('names', () => {
  const states = { W: { Type: 'Wait', Seconds: 60, End: true } };

  test('the same name with the same input is the execution that runs already', () => {
    const { run, engine } = bench();
    const execution = run(states, { a: 1 });
    expect(engine.start(execution.machine.arn, execution.name, '{"a":1}')).toBe(execution);
  });

  test('the same name with another input already exists', () => {
    const { run, engine } = bench();
    const execution = run(states, { a: 1 });
    expect(() => engine.start(execution.machine.arn, execution.name, '{"a":2}')).toThrow(
      expect.objectContaining({ name: 'ExecutionAlreadyExists' }),
    );
  });

  test('the name stays taken for 90 days after the end', async () => {
    const { run, engine, clock } = bench();
    const execution = run(states, { a: 1 });
    const again = () => engine.start(execution.machine.arn, execution.name, '{"a":1}');
    await clock.advance(60_000);
    expect(execution.status).toBe('SUCCEEDED');
    expect(again).toThrow(expect.objectContaining({ name: 'ExecutionAlreadyExists' }));
    await clock.advance(90 * 24 * 3_600_000);
    expect(again().status).toBe('RUNNING');
  });

  test.each(['', 'a b', 'a:b', 'x'.repeat(81)])('"%s" is not a name', (name) => {
    const { run, engine } = bench();
    const { machine } = run(states);
    expect(() => engine.start(machine.arn, name)).toThrow(expect.objectContaining({ name: 'InvalidName' }));
  });
});

describe('the end', () => {
  test('event 25,000 of a history is its failure', async () => {
    const { run } = bench();
    const execution = run({ Loop: { Type: 'Pass', Next: 'Loop' } });
    await execution.ended;
    expect(execution.error).toBe('States.Runtime');
    expect(execution.history.events.length).toBe(25_000);
    expect(execution.history.events.at(-1)?.type).toBe('ExecutionFailed');
  });

  test('a machine that takes too long is TIMED_OUT, whatever its states catch', async () => {
    const { run, clock } = bench(() => new Promise(() => {}));
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'T' }];
    const T = { Type: 'Task', Resource: INVOKE, Arguments: { FunctionName: 'f' }, Catch, End: true };
    const execution = run({ T }, {}, { TimeoutSeconds: 5 });
    await clock.advance(5000);
    expect(execution.status).toBe('TIMED_OUT');
  });

  test('stopping ends a waiting execution with its reason', async () => {
    const { run } = bench();
    const execution = run({ W: { Type: 'Wait', Seconds: 60, End: true } });
    await settle();
    execution.stop('Operator', 'enough');
    await execution.ended;
    expect([execution.status, execution.error, execution.cause]).toEqual(['ABORTED', 'Operator', 'enough']);
  });

  test('closing the engine leaves nothing running', async () => {
    const { run, engine } = bench();
    const execution = run({ W: { Type: 'Wait', Seconds: 60, End: true } });
    await engine.close();
    expect(execution.status).toBe('ABORTED');
  });
});

describe('definitions', () => {
  test('everything that is wrong is listed at once', () => {
    const text = JSON.stringify({
      StartAt: 'Nowhere',
      States: {
        A: { Type: 'Pass', Parameters: {}, Next: 'B' },
        B: { Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:s3:getObject', Arguments: '{% $a ?? %}' },
        C: { Type: 'Jump', Next: 'A' },
        D: { Type: 'Pass', Next: 'E' },
        W: { Type: 'Wait', End: true },
        M: {
          Type: 'Map',
          ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, StartAt: 'S', States: { S: { Type: 'Succeed' } } },
          End: true,
        },
      },
    });
    const message = (() => {
      try {
        parseDefinition(text);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    })();
    for (const said of [
      'QueryLanguage',
      '"Nowhere"',
      '"Parameters"',
      'aws-sdk:s3:getObject',
      'not JSONata',
      '"Jump"',
      '"E"',
      'W: needs either Seconds',
      'DISTRIBUTED',
      'B: needs either Next',
    ]) {
      expect(message).toContain(said);
    }
  });
});

test('the escalation machine notifies, waits for its token, escalates on the timeout and ends', async () => {
  const answers = [
    {
      next: 'notify',
      notifications: [{ channel: 'slack' }, { channel: 'dead' }],
      waitSeconds: 0,
      revision: 1,
      historyEvents: 10,
    },
    { next: 'wait', notifications: [], waitSeconds: 30, revision: 2, historyEvents: 20 },
    { next: 'wait', notifications: [], waitSeconds: 300, revision: 3, historyEvents: 30 },
    { next: 'done', notifications: [], waitSeconds: 0, revision: 4, historyEvents: 40 },
  ];
  let token = '';
  const { clock, engine, invoked } = bench((name, payload) => {
    if (name === 'decide') return answers.shift();
    if (name === 'wait') ({ token } = payload as { token: string });
    return (payload as { channel?: string }).channel === 'dead' ? new Error('no answer') : { sent: true };
  });
  const definition = escalationDefinition({ decideArn: 'decide', notifyArn: 'notify', waitArn: 'wait' });
  const { arn } = engine.createMachine('escalation', JSON.stringify(definition), 'role');
  const execution = engine.start(arn, 'g1', JSON.stringify({ groupId: 'g', generation: 1, continuation: 0 }));
  await clock.advance(29_000);
  expect(invoked.map(([name]) => name)).toEqual(['decide', 'notify', 'notify', 'notify', 'notify', 'decide', 'wait']);
  await clock.advance(10_000);
  expect(invoked.map(([name]) => name).slice(7)).toEqual(['decide', 'wait']);
  engine.tokens.succeed(token, '{"acknowledged":true}');
  expect(await outputOf(execution)).toMatchObject({ next: 'done' });
});
