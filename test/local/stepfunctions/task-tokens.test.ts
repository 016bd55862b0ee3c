import { describe, expect, test } from '@jest/globals';
import { bench, INVOKE_AND_WAIT, outputOf, settle } from './support.ts';

const token = (payload: unknown) => (payload as { token: string }).token;

describe('task tokens', () => {
  const waitForIt = {
    T: {
      Type: 'Task',
      Resource: INVOKE_AND_WAIT,
      Arguments: { FunctionName: 'f', Payload: { token: '{% $states.context.Task.Token %}' } },
      TimeoutSeconds: 30,
      Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput.Error %}', Next: 'Caught' }],
      End: true,
    },
    Caught: { Type: 'Pass', End: true },
  };

  test('the answer to the token is the result', async () => {
    const { run, engine, invoked } = bench();
    const execution = run(waitForIt);
    await settle();
    engine.tokens.succeed(token(invoked[0]?.[1]), '{"by":"Robin"}');
    expect(await outputOf(execution)).toEqual({ by: 'Robin' });
  });

  test('an answer that arrives before the function returns counts', async () => {
    const { run, engine } = bench(async (_, payload) => {
      engine.tokens.succeed(token(payload), '"early"');
    });
    expect(await outputOf(run(waitForIt))).toBe('early');
  });

  test('a failure is caught by its name', async () => {
    const { run, engine, invoked } = bench();
    const execution = run(waitForIt);
    await settle();
    engine.tokens.fail(token(invoked[0]?.[1]), 'Rejected', 'no');
    expect(await outputOf(execution)).toBe('Rejected');
  });

  test('a token whose task timed out is worth nothing', async () => {
    const { run, engine, invoked, clock } = bench();
    const execution = run(waitForIt);
    await clock.advance(30_000);
    expect(await outputOf(execution)).toBe('States.Timeout');
    expect(() => engine.tokens.succeed(token(invoked[0]?.[1]), '{}')).toThrow(
      expect.objectContaining({ name: 'TaskTimedOut' }),
    );
    expect(() => engine.tokens.succeed('made up', '{}')).toThrow(expect.objectContaining({ name: 'InvalidToken' }));
  });

  test('heartbeats keep it alive, their absence ends it', async () => {
    const { run, engine, invoked, clock } = bench();
    const execution = run({ ...waitForIt, T: { ...waitForIt.T, HeartbeatSeconds: 5 } });
    await clock.advance(4000);
    engine.tokens.heartbeat(token(invoked[0]?.[1]));
    await clock.advance(4000);
    expect(execution.status).toBe('RUNNING');
    await clock.advance(1000);
    expect(await outputOf(execution)).toBe('States.HeartbeatTimeout');
  });

  test('every attempt has a token of its own', async () => {
    let calls = 0;
    const { run, engine, invoked, clock } = bench(() => (++calls === 1 ? new Error('no') : null));
    const execution = run({ ...waitForIt, T: { ...waitForIt.T, Retry: [{ ErrorEquals: ['Error'] }] } });
    await clock.advance(1000);
    expect(invoked.length).toBe(2);
    expect(() => engine.tokens.succeed(token(invoked[0]?.[1]), '{}')).toThrow(
      expect.objectContaining({ name: 'TaskTimedOut' }),
    );
    engine.tokens.succeed(token(invoked[1]?.[1]), '2');
    expect(await outputOf(execution)).toBe(2);
  });
});
