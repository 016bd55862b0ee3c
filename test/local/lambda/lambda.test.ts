import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createIam } from '../../../local/iam/iam.ts';
import type { FunctionConfiguration } from '../../../local/lambda/function.ts';
import { Lambda } from '../../../local/lambda/lambda.ts';
import { ManualClock, PLACE } from '../stepfunctions/support.ts';

/** What the handler does is said by its event. */
const HANDLER = `
let invocations = 0;
export async function handler(event, context) {
  invocations += 1;
  switch (event.do) {
    case 'throw': throw new TypeError('no such thing');
    case 'reject later': setTimeout(() => Promise.reject(new Error('nobody waits')), 0); await new Promise(() => {});
    case 'exit': process.exit(3);
    case 'hang': await new Promise(() => setInterval(() => {}, 1000));
    case 'sleep': await new Promise((resolve) => setTimeout(resolve, event.ms)); break;
    case 'large': return 'x'.repeat(7 * 1024 * 1024);
    case 'nothing': return;
    case 'environment': return process.env;
    case 'context': return { ...context, leftMs: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID };
    case 'print': console.log('to stdout'); console.error('to stderr'); break;
    case 'answer': return event.answer;
  }
  return { pid: process.pid, invocations };
}`;

const ROLE = `arn:aws:iam::${PLACE.accountId}:role/handler`;
const root = mkdtempSync(join(tmpdir(), 'nsmon-lambda-'));
const iam = createIam(PLACE);
const clock = new ManualClock();
const logged: string[] = [];
const sent: { arn: string; body: string }[] = [];
let lambda: Lambda;
let functions = 0;

/** A function of its own for each test. */
function add(overrides: Partial<FunctionConfiguration> = {}, source = HANDLER, variables = {}): string {
  functions += 1;
  const name = `function-${functions}`;
  const directory = mkdtempSync(join(root, 'code-'));
  writeFileSync(join(directory, 'index.mjs'), source);
  const arn = `arn:aws:lambda:us-east-1:${PLACE.accountId}:function:${name}`;
  const code = { directory, handler: 'index.handler', runtime: 'nodejs24.x' };
  lambda.add({ name, arn, roleArn: ROLE, timeoutSeconds: 10, memoryMb: 128, ...overrides }, code, variables);
  return name;
}

async function call(name: string, event: unknown) {
  const { payload, functionError } = await lambda.invoke(name, JSON.stringify(event));
  return { answer: JSON.parse(payload) as Record<string, unknown>, functionError };
}

beforeAll(async () => {
  await iam.provisioners['AWS::IAM::Role']?.(
    { stackName: 'test', logicalId: 'Role' },
    {
      RoleName: 'handler',
      AssumeRolePolicyDocument: { Statement: { Principal: { Service: 'lambda.amazonaws.com' } } },
    },
  );
  lambda = new Lambda({
    place: PLACE,
    iam,
    clock,
    nodePath: process.execPath,
    log: (_, line) => logged.push(line),
    send: async (arn, body) => void sent.push({ arn, body }),
  });
});
afterEach(() => void sent.splice(0));
afterAll(async () => {
  await lambda.stop();
  rmSync(root, { recursive: true, force: true });
});

describe('a function in a process of its own', () => {
  test('is started once and used again', async () => {
    const name = add();
    const [first, second] = [await call(name, {}), await call(name, {})];
    expect(first.answer.invocations).toBe(1);
    expect(second.answer).toEqual({ pid: first.answer.pid, invocations: 2 });
  });

  test('runs events at the same time in different processes', async () => {
    const name = add();
    const event = { do: 'sleep', ms: 300 };
    const [a, b] = await Promise.all([call(name, event), call(name, event)]);
    expect(a.answer.pid).not.toBe(b.answer.pid);
  });

  test('throttles what exceeds its reserved concurrency', async () => {
    const name = add({ reservedConcurrency: 1 });
    const first = call(name, { do: 'sleep', ms: 200 });
    await expect(call(name, {})).rejects.toThrow('Rate Exceeded.');
    expect((await first).functionError).toBeUndefined();
  });

  test('has the environment of Lambda and of the template, and nothing of ours', async () => {
    process.env.NSMON_TEST_SECRET = 'ours';
    const { answer } = await call(add({ memoryMb: 256 }, HANDLER, { TABLE: 'alerts' }), { do: 'environment' });
    expect(answer).toMatchObject({
      TABLE: 'alerts',
      AWS_ENDPOINT_URL: PLACE.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      TZ: 'UTC',
    });
    expect(iam.ownerOf(String(answer.AWS_ACCESS_KEY_ID))).toBe(ROLE);
    expect(answer).not.toHaveProperty('NSMON_TEST_SECRET');
  });

  test('gets the context of its invocation', async () => {
    const name = add();
    const { answer } = await call(name, { do: 'context' });
    expect(answer).toMatchObject({ functionName: name, memoryLimitInMB: '128', functionVersion: '$LATEST' });
    expect(answer.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.leftMs).toBeGreaterThan(5_000);
    expect(answer.trace).toMatch(/^Root=1-.*;Sampled=0$/);
  });

  test('prints to the log', async () => {
    await call(add(), { do: 'print' });
    expect(logged).toEqual(expect.arrayContaining(['to stdout', 'to stderr']));
  });

  test.each([
    ['throws', { do: 'throw' }, { errorType: 'TypeError', errorMessage: 'no such thing' }],
    ['leaves a rejection unhandled', { do: 'reject later' }, { errorType: 'Runtime.UnhandledPromiseRejection' }],
    ['exits', { do: 'exit' }, { errorType: 'Runtime.ExitError' }],
    ['answers too much', { do: 'large' }, { errorType: 'Function.ResponseSizeTooLarge' }],
  ])('a handler that %s fails its invocation and works again', async (_, event, expected) => {
    const name = add();
    const failed = await call(name, event);
    expect(failed.functionError).toBe('Unhandled');
    expect(failed.answer).toMatchObject(expected);
    expect((await call(name, {})).functionError).toBeUndefined();
  });

  test('a handler that answers nothing answers null', async () => {
    expect((await call(add(), { do: 'nothing' })).answer).toBeNull();
  });

  test('is ended when it exceeds its time', async () => {
    const name = add({ timeoutSeconds: 0.3 });
    const { answer } = await call(name, { do: 'hang' });
    expect(answer).toMatchObject({ errorType: 'Sandbox.Timedout' });
    expect(answer.errorMessage).toMatch(/Task timed out after 0.\d\d seconds$/);
  });

  test.each([
    ['has a syntax error', 'export const handler = (', 'Runtime.UserCodeSyntaxError'],
    ['throws while it is loaded', 'throw new RangeError("at start");', 'RangeError'],
    ['has no handler', 'export const other = 1;', 'Runtime.HandlerNotFound'],
    [
      'calls back',
      'export const handler = (event, context, callback) => callback();',
      'Runtime.CallbackHandlerDeprecated',
    ],
  ])('code that %s fails every invocation with that', async (_, source, errorType) => {
    const name = add({}, source);
    expect((await call(name, {})).answer).toMatchObject({ errorType });
    expect((await call(name, {})).answer).toMatchObject({ errorType });
  });

  test('fails, dies or loses its answer when a test orders it', async () => {
    const name = add();
    lambda.order(name, { throwNext: 1 });
    expect((await call(name, {})).functionError).toBe('Unhandled');
    lambda.order(name, { killNext: 1 });
    expect((await call(name, { do: 'hang' })).answer).toMatchObject({ errorType: 'Runtime.ExitError' });
    lambda.order(name, { loseAnswerOfNext: 1 });
    expect((await call(name, {})).functionError).toBe('Unhandled');
    expect((await call(name, {})).answer.invocations).toBe(2);
  });
});

test('no process is left when Lambda has stopped', async () => {
  const other = new Lambda({
    place: PLACE,
    iam,
    clock,
    nodePath: process.execPath,
    log: () => {},
    send: async () => {},
  });
  const kept = lambda;
  lambda = other;
  const name = add();
  lambda = kept;
  const { payload } = await other.invoke(name, '{}');
  const { pid } = JSON.parse(payload) as { pid: number };
  const running = other.invoke(name, JSON.stringify({ do: 'hang' }));
  await other.stop();
  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  expect((await running).functionError).toBe('Unhandled');
  await expect(other.invoke(name, '{}')).rejects.toThrow('the twin was stopped');
});

describe('an asynchronous event', () => {
  const dead = { deadLetterArn: 'arn:aws:sqs:us-east-1:123456789012:dead' };

  test('is tried again after one minute and after two, then given up', async () => {
    const name = add(dead);
    lambda.order(name, { throwNext: 3 });
    const queue = lambda.asyncQueue(name);
    queue.policy = { retries: 2, maxAgeSeconds: 3600, onFailureArn: 'arn:aws:sqs:us-east-1:123456789012:failed' };
    lambda.invokeAsync(name, '{"id":1}');
    await clock.advance(60_000);
    expect(sent).toEqual([]);
    await clock.advance(120_000);
    await queue.settled();
    expect(sent.map(({ arn }) => arn.split(':').at(-1))).toEqual(['dead', 'failed']);
    expect(sent[0]?.body).toBe('{"id":1}');
    expect(JSON.parse(sent[1]?.body ?? '')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { id: 1 },
      responseContext: { functionError: 'Unhandled' },
    });
  });

  test('that succeeds at the second attempt goes nowhere else', async () => {
    const name = add(dead);
    lambda.order(name, { throwNext: 1 });
    lambda.invokeAsync(name, '{}');
    await clock.advance(60_000);
    await lambda.asyncQueue(name).settled();
    expect(sent).toEqual([]);
  });

  test('is given up when it becomes too old', async () => {
    const name = add(dead);
    lambda.order(name, { throwNext: 9 });
    lambda.asyncQueue(name).policy = { retries: 2, maxAgeSeconds: 90 };
    lambda.invokeAsync(name, '{"id":2}');
    await clock.advance(60_000);
    await lambda.asyncQueue(name).settled();
    expect(sent).toEqual([{ arn: dead.deadLetterArn, body: '{"id":2}' }]);
  });
});

describe('a function URL', () => {
  const answering = (answer: unknown) => JSON.stringify({ do: 'answer', answer });
  const ECHO = `export const handler = async (event) =>
    event.body?.startsWith?.('{"do"') ? JSON.parse(event.body).answer : { statusCode: 200, body: JSON.stringify(event) };`;

  async function open(isPublic = true): Promise<string> {
    const name = add({}, ECHO);
    const functionArn = lambda.configuration(name).arn;
    if (isPublic) {
      lambda.permissions.add({
        functionArn,
        action: 'lambda:InvokeFunctionUrl',
        principal: '*',
        functionUrlAuthType: 'NONE',
      });
    }
    return lambda.openUrl(name);
  }

  test('hands a request over as an event of format 2.0', async () => {
    const url = await open();
    const response = await fetch(`${url}page?t=1&t=2&who=a%20b`, {
      method: 'POST',
      headers: { cookie: 'a=1; b=2', 'content-type': 'application/x-www-form-urlencoded', 'x-extra': 'yes' },
      body: 'name=Ada',
    });
    expect(await response.json()).toMatchObject({
      version: '2.0',
      rawPath: '/page',
      rawQueryString: 't=1&t=2&who=a%20b',
      queryStringParameters: { t: '1,2', who: 'a b' },
      cookies: ['a=1', 'b=2'],
      headers: { 'x-extra': 'yes' },
      requestContext: { http: { method: 'POST', path: '/page', sourceIp: '127.0.0.1' } },
      body: 'name=Ada',
      isBase64Encoded: false,
    });
  });

  test('hands binary over in base64', async () => {
    const response = await fetch(await open(), {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array([0, 255]),
    });
    expect(await response.json()).toMatchObject({ body: 'AP8=', isBase64Encoded: true });
  });

  test('answers with the status, headers, cookies and body of the function', async () => {
    const answer = {
      statusCode: 303,
      headers: { Location: '/done', 'Content-Type': 'text/html' },
      cookies: ['seen=1'],
      body: Buffer.from('<p>').toString('base64'),
      isBase64Encoded: true,
    };
    const response = await fetch(await open(), { method: 'POST', body: answering(answer), redirect: 'manual' });
    expect(response.status).toBe(303);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      location: '/done',
      'content-type': 'text/html',
      'set-cookie': 'seen=1',
    });
    expect(await response.text()).toBe('<p>');
  });

  test('answers with JSON what has no status', async () => {
    const response = await fetch(await open(), { method: 'POST', body: answering({ ok: true }) });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ok: true });
  });

  test('is closed to the public unless the template opens it', async () => {
    expect((await fetch(await open(false))).status).toBe(403);
  });
});
