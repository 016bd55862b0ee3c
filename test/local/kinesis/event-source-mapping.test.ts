import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AwsError } from '../../../local/aws/service.ts';
import { EventSourceMapping, type MappingSettings } from '../../../local/kinesis/event-source-mapping.ts';
import { Stream } from '../../../local/kinesis/stream.ts';
import type { InvocationResult } from '../../../local/lambda/runtime-api.ts';
import { ManualClock, settle } from '../stepfunctions/support.ts';

interface Record {
  readonly kinesis: { readonly data: string; readonly sequenceNumber: string; readonly partitionKey: string };
}
type Handler = (values: readonly string[], records: readonly Record[]) => unknown;

const FAILED: InvocationResult = { payload: '{"errorType":"Error"}', functionError: 'Unhandled' };

/** A stream of text, and a function that is called with the texts of a batch. Throwing fails the invocation. */
function setUp(handler: Handler, settings: Partial<MappingSettings> = {}, shards = 1) {
  const clock = new ManualClock();
  const stream = new Stream('metrics', 'arn:aws:kinesis:us-east-1:123456789012:stream/metrics', shards);
  const batches: string[][] = [];
  const given: unknown[] = [];
  const mapping = new EventSourceMapping(
    stream,
    {
      functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:ingest',
      batchSize: 10,
      windowSeconds: 0,
      parallelization: 1,
      bisectOnError: false,
      reportsItemFailures: false,
      maxRetries: -1,
      maxAgeSeconds: -1,
      onFailureArn: 'arn:aws:sqs:us-east-1:123456789012:given-up',
      ...settings,
    },
    {
      clock,
      region: 'us-east-1',
      async invoke(payload) {
        const { Records } = JSON.parse(payload) as { Records: Record[] };
        const values = Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString());
        batches.push(values);
        try {
          return { payload: JSON.stringify((await handler(values, Records)) ?? null) };
        } catch (error) {
          if (error instanceof AwsError) throw error;
          return FAILED;
        }
      },
      send: async (_, body) => void given.push(JSON.parse(body)),
      log: () => {},
    },
  );
  mapping.start();
  const put = (value: string, key = 'lab-1') => stream.put(key, Buffer.from(value), clock.now());
  /** Lets back-offs pass until nothing is left to do. */
  const drain = async () => {
    for (let i = 0; i < 200 && !mapping.idle; i += 1) await clock.advance(10_000);
  };
  return { clock, mapping, put, batches, given, drain };
}

describe('an event source mapping', () => {
  test('hands records over in order, at most a batch at a time', async () => {
    const { put, batches, drain } = setUp(() => {}, { batchSize: 2 });
    for (const value of ['a', 'b', 'c', 'd', 'e']) put(value);
    await settle();
    await drain();
    expect(batches.flat()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(2);
  });

  test('gives the event the shape of Kinesis', async () => {
    let seen: unknown;
    const { put, drain, clock } = setUp((_, records) => {
      seen = records[0];
    });
    const { sequenceNumber } = put('a');
    await drain();
    expect(seen).toMatchObject({
      eventSource: 'aws:kinesis',
      eventID: `shardId-000000000000:${sequenceNumber}`,
      eventSourceARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/metrics',
      kinesis: {
        data: 'YQ==',
        partitionKey: 'lab-1',
        approximateArrivalTimestamp: expect.closeTo(clock.now() / 1000, -2),
      },
    });
  });

  test('waits for the batching window, but not once the batch is full', async () => {
    const { clock, put, batches } = setUp(() => {}, { windowSeconds: 5, batchSize: 3 });
    put('a');
    await clock.advance(4_000);
    put('b');
    expect(batches).toEqual([]);
    await clock.advance(1_000);
    expect(batches).toEqual([['a', 'b']]);
    for (const value of ['c', 'd', 'e']) put(value);
    await settle();
    expect(batches).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
  });

  test('tries a batch that failed again, and holds back what follows it', async () => {
    let failures = 2;
    const { put, batches, drain } = setUp(
      () => {
        if (failures-- > 0) throw new Error();
      },
      { batchSize: 1 },
    );
    put('a');
    put('b');
    await drain();
    expect(batches).toEqual([['a'], ['a'], ['a'], ['b']]);
  });

  test('retries from the lowest record that the function reports', async () => {
    let first = true;
    const { put, batches, drain } = setUp(
      (values, records) => {
        if (!first) return { batchItemFailures: [] };
        first = false;
        const failed = [3, 1].map((index) => ({ itemIdentifier: records[index]!.kinesis.sequenceNumber }));
        return values.length === 4 ? { batchItemFailures: failed } : undefined;
      },
      { reportsItemFailures: true, windowSeconds: 1, batchSize: 4 },
    );
    for (const value of ['a', 'b', 'c', 'd']) put(value);
    await drain();
    expect(batches).toEqual([
      ['a', 'b', 'c', 'd'],
      ['b', 'c', 'd'],
    ]);
  });

  test('retries the whole batch when the function names a record that is not in it', async () => {
    let first = true;
    const { put, batches, drain } = setUp(
      () => {
        const failures = first ? [{ itemIdentifier: 'nonsense' }] : [];
        first = false;
        return { batchItemFailures: failures };
      },
      { reportsItemFailures: true, batchSize: 1 },
    );
    put('a');
    await drain();
    expect(batches).toEqual([['a'], ['a']]);
  });

  test('finds a poison record by halving, and gives up only that one', async () => {
    const { put, batches, given, drain } = setUp(
      (values) => {
        if (values.includes('poison')) throw new Error();
      },
      { bisectOnError: true, maxRetries: 2, windowSeconds: 1, batchSize: 8 },
    );
    const poison = ['a', 'b', 'c', 'd', 'poison', 'e', 'f', 'g'].map((value) => put(value))[4]!;
    await drain();
    expect(new Set(batches.filter((batch) => !batch.includes('poison')).flat())).toEqual(new Set('abcdefg'));
    expect(given).toEqual([
      expect.objectContaining({
        requestContext: expect.objectContaining({ condition: 'RetryAttemptsExhausted' }),
        KinesisBatchInfo: expect.objectContaining({
          batchSize: 1,
          startSequenceNumber: poison.sequenceNumber,
          endSequenceNumber: poison.sequenceNumber,
        }),
      }),
    ]);
  });

  test('gives up records that have become too old, and goes on with the next', async () => {
    const { clock, put, batches, given, drain } = setUp(
      (values) => {
        if (values[0] === 'bad') throw new Error();
      },
      { maxAgeSeconds: 60, batchSize: 1 },
    );
    put('bad');
    await clock.advance(30_000);
    put('good');
    await clock.advance(40_000);
    await drain();
    expect(given).toMatchObject([{ requestContext: { condition: 'RecordAgeExceeded' } }]);
    expect(batches.at(-1)).toEqual(['good']);
  });

  test('waits out a throttled function without counting it as a failure', async () => {
    let throttled = 3;
    const { put, given, batches, drain } = setUp(
      () => {
        if (throttled-- > 0) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
      },
      { maxRetries: 0 },
    );
    put('a');
    await drain();
    expect(batches).toHaveLength(4);
    expect(given).toEqual([]);
  });

  test.each([1, 4])('keeps the order of every key with %i shards, whatever fails', async (shards) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('lab-1', 'lab-2', 'lab-3'), { minLength: 1, maxLength: 30 }),
        fc.array(fc.boolean(), { maxLength: 20 }),
        fc.integer({ min: 1, max: 3 }),
        async (keys, failures, parallelization) => {
          const done: string[] = [];
          const left = [...failures];
          const { put, drain } = setUp(
            (values) => {
              if (left.pop()) throw new Error();
              done.push(...values);
            },
            { batchSize: 4, parallelization },
            shards,
          );
          const values = keys.map((key, index) => `${key}#${index}`);
          for (const [index, key] of keys.entries()) put(values[index]!, key);
          await settle();
          await drain();
          for (const key of new Set(keys)) {
            const own = (list: readonly string[]) => list.filter((value) => value.startsWith(`${key}#`));
            expect(own(done)).toEqual(own(values));
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
