import { describe, expect, test } from '@jest/globals';
import { type ActionPorts, makeAction } from '../../../local/iot/actions.ts';
import { RulesEngine } from '../../../local/iot/rules.ts';
import { parseStatement } from '../../../local/iot/sql/parse.ts';

const ROLE = 'arn:aws:iam::123456789012:role/rule';
const RULE_ARN = 'arn:aws:iot:us-east-1:123456789012:rule/metrics';

/** A rules engine with one rule, and what its actions did. */
function setUp(sql: string, action: object, faults: Partial<ActionPorts> = {}) {
  const done: unknown[][] = [];
  const log: string[] = [];
  const ports: ActionPorts = {
    denied: () => undefined,
    assertAssumable: () => {},
    putRecord: (stream, key, data) => void done.push(['kinesis', stream, key, data.toString()]),
    streamArn: (name) => `stream/${name}`,
    putObject: async (bucket, key, body) => void done.push(['s3', bucket, key, JSON.parse(body.toString())]),
    invokeAsync: (arn, payload, ruleArn) => void done.push(['lambda', arn, JSON.parse(payload), ruleArn]),
    sendMessage: (url, body) => void done.push(['sqs', url, body]),
    queueArn: (url) => `queue/${url}`,
    publish: async (topic, payload) => void done.push(['publish', topic, payload.toString()]),
    topicArn: (topic) => `topic/${topic}`,
    ...faults,
  };
  const engine = new RulesEngine({
    accountId: '123456789012',
    nowMs: () => 1_700_000_000_000,
    log: (line) => log.push(line),
  });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a substitution template
  const errorAction = { S3: { BucketName: 'archive', Key: 'errors/metrics/${timestamp()}.json', RoleArn: ROLE } };
  engine.add({
    name: 'metrics',
    statement: parseStatement(sql),
    actions: [makeAction(action, ports, RULE_ARN)],
    errorAction: makeAction(errorAction, ports, RULE_ARN),
  });
  const send = async (topic: string, payload = 'payload', clientId = 'lab-1') => {
    engine.accept({ topic, payload: Buffer.from(payload), clientId });
    await engine.settled();
    return done;
  };
  return { send, log };
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: a substitution template
const KINESIS = { Kinesis: { StreamName: 'metrics', PartitionKey: '${topic(2)}', RoleArn: ROLE } };
const ALL = "SELECT * FROM 'bci/+/metrics'";
const DIRECT = '$aws/rules/metrics/bci/lab-1/metrics';

describe('the rules engine', () => {
  test('puts what a thing publishes into the stream, by the name in its topic', async () => {
    expect(await setUp(ALL, KINESIS).send(DIRECT)).toEqual([['kinesis', 'metrics', 'lab-1', 'payload']]);
  });

  test('takes messages of the broker as well as of Basic Ingest', async () => {
    expect(await setUp(ALL, KINESIS).send('bci/lab-1/metrics')).toHaveLength(1);
  });

  test.each(['bci/lab-1/alerts', '$aws/rules/other/bci/lab-1/metrics', '$aws/rules/metrics/bci/lab-1/alerts'])(
    'leaves %s alone',
    async (topic) => {
      expect(await setUp(ALL, KINESIS).send(topic)).toEqual([]);
    },
  );

  test('says that nothing happens with a message to a rule that does not take it', async () => {
    const { send, log } = setUp(ALL, KINESIS);
    await send('$aws/rules/metrcis/bci/lab-1/metrics');
    expect(log).toEqual([
      'nothing happens with $aws/rules/metrcis/bci/lab-1/metrics: no rule of that name takes the topic bci/lab-1/metrics',
    ]);
  });

  test('invokes a function with what the statement makes of the message', async () => {
    const sql = "SELECT *, topic(2) AS thing FROM 'bci/+/alerts'";
    const { send } = setUp(sql, { Lambda: { FunctionArn: 'route-alerts' } });
    expect(await send('bci/lab-1/alerts', '{"seq":1}')).toEqual([
      ['lambda', 'route-alerts', { seq: 1, thing: 'lab-1' }, RULE_ARN],
    ]);
  });

  test('sends to a queue, and on to another topic', async () => {
    const toQueue = setUp(ALL, { Sqs: { QueueUrl: 'q', RoleArn: ROLE, UseBase64: true } });
    expect(await toQueue.send('bci/lab-1/metrics', 'a')).toEqual([['sqs', 'q', 'YQ==']]);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a substitution template
    const on = setUp(ALL, { Republish: { Topic: 'copy/${topic(2)}', RoleArn: ROLE } });
    expect(await on.send('bci/lab-1/metrics', 'a')).toEqual([['publish', 'copy/lab-1', 'a']]);
  });

  test('writes a message that its action does not take to the error action, with the reason', async () => {
    const { send } = setUp(ALL, KINESIS, {
      denied: (_, { action }) => (action === 'kinesis:PutRecord' ? 'not authorized' : undefined),
    });
    expect(await send(DIRECT)).toEqual([
      [
        's3',
        'archive',
        'errors/metrics/1700000000000.json',
        expect.objectContaining({
          ruleName: 'metrics',
          topic: 'bci/lab-1/metrics',
          clientId: 'lab-1',
          base64OriginalPayload: Buffer.from('payload').toString('base64'),
          failures: [{ failedAction: 'KinesisAction', failedResource: 'metrics', errorMessage: 'not authorized' }],
        }),
      ],
    ]);
  });

  test('says that a message is lost when the error action fails too', async () => {
    const { send, log } = setUp(ALL, KINESIS, { denied: () => 'not authorized' });
    expect(await send(DIRECT)).toEqual([]);
    expect(log.at(-1)).toMatch(/the error action failed, the message is lost/);
  });

  test('logs a payload that the statement cannot read, and does nothing else', async () => {
    const { send, log } = setUp("SELECT *, topic(2) AS thing FROM 'bci/+/alerts'", KINESIS);
    expect(await send('bci/lab-1/alerts', 'no json')).toEqual([]);
    expect(log[0]).toMatch(/is not JSON/);
  });

  test('refuses a kind of action that it does not have', () => {
    expect(() => setUp(ALL, { Timestream: {} })).toThrow(
      'the rule action Timestream is unknown; the twin has Kinesis, Lambda, S3, Sqs, Republish',
    );
  });
});
