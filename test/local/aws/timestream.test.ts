import {
  paginateQuery,
  QueryCommand,
  type QueryCommandOutput,
  TimestreamQueryClient,
} from '@aws-sdk/client-timestream-query';
import {
  type _Record,
  DescribeTableCommand,
  RejectedRecordsException,
  TimestreamWriteClient,
  WriteRecordsCommand,
} from '@aws-sdk/client-timestream-write';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTimestream, type Timestream } from '../../../local/aws/timestream.ts';
import { ID, type Rig, startRig } from './support.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const HOUR = 3_600_000;
let nowMs = NOW;
let rig: Rig;
let timestream: Timestream;
let write: TimestreamWriteClient;
let query: TimestreamQueryClient;

beforeAll(async () => {
  rig = await startRig();
  timestream = await createTimestream(rig.place, () => nowMs);
  rig.endpoint.use(timestream.service);
  write = new TimestreamWriteClient(rig.client);
  query = new TimestreamQueryClient(rig.client);
  await timestream.provisioners['AWS::Timestream::Database']?.(ID, { DatabaseName: 'db' });
});

afterAll(async () => {
  write.destroy();
  query.destroy();
  await rig.endpoint.close();
});

let tables = 0;

async function newTable(properties: Record<string, unknown> = {}): Promise<string> {
  const TableName = `t${++tables}`;
  await timestream.provisioners['AWS::Timestream::Table']?.(ID, {
    DatabaseName: 'db',
    TableName,
    RetentionProperties: { MemoryStoreRetentionPeriodInHours: '24', MagneticStoreRetentionPeriodInDays: '7' },
    ...properties,
  });
  return TableName;
}

/** A MULTI record of device `a`, `agoMs` before now. */
function record(agoMs: number, value: number, more: Partial<_Record> = {}): _Record {
  return {
    MeasureName: 'quality',
    Time: String(NOW - agoMs),
    Dimensions: [{ Name: 'device', Value: 'a' }],
    MeasureValueType: 'MULTI',
    MeasureValues: [{ Name: 'value', Type: 'DOUBLE', Value: String(value) }],
    ...more,
  };
}

const send = (TableName: string, Records: _Record[], CommonAttributes?: _Record) =>
  write.send(new WriteRecordsCommand({ DatabaseName: 'db', TableName, Records, CommonAttributes }));

async function rows(QueryString: string): Promise<(string | null)[][]> {
  return plain(await query.send(new QueryCommand({ QueryString })));
}

function plain({ Rows = [] }: QueryCommandOutput): (string | null)[][] {
  return Rows.map(({ Data = [] }) => Data.map((datum) => datum.ScalarValue ?? null));
}

async function rejectedBy(work: Promise<unknown>): Promise<RejectedRecordsException> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof RejectedRecordsException) return error;
  throw new Error(`expected RejectedRecordsException, got ${String(error)}`);
}

describe('writing', () => {
  test('merges common attributes and keeps every type of a multi-measure record', async () => {
    const table = await newTable();
    const answer = await send(
      table,
      [
        {
          MeasureName: 'duration',
          Time: String(NOW),
          Dimensions: [{ Name: 'device', Value: 'a' }],
          MeasureValues: [
            { Name: 'mean', Type: 'DOUBLE', Value: '0.5' },
            { Name: 'n', Type: 'BIGINT', Value: '9007199254740993' },
            { Name: 'ok', Type: 'BOOLEAN', Value: 'true' },
            { Name: 'buckets', Type: 'VARCHAR', Value: '3|0|1:2' },
          ],
        },
      ],
      { Dimensions: [{ Name: 'site', Value: 'lab' }], MeasureValueType: 'MULTI', Version: 1 },
    );
    expect(answer.RecordsIngested?.Total).toBe(1);
    expect(await rows(`SELECT site, device, measure_name, time, mean, n, ok, buckets FROM "db"."${table}"`)).toEqual([
      ['lab', 'a', 'duration', '2026-11-23 10:00:00.000000000', '0.5', '9007199254740993', 'true', '3|0|1:2'],
    ]);
  });

  test('keeps single-measure records in measure_value columns', async () => {
    const table = await newTable();
    const { MeasureValues: _, ...single } = record(0, 0);
    await send(table, [{ ...single, MeasureValue: '42', MeasureValueType: 'BIGINT' }]);
    expect(await rows(`SELECT measure_value::bigint FROM "db"."${table}"`)).toEqual([['42']]);
  });

  test('the same record again changes nothing', async () => {
    const table = await newTable();
    await send(table, [record(0, 1)]);
    await send(table, [record(0, 1), record(0, 1)]);
    expect(await rows(`SELECT count(*) FROM "db"."${table}"`)).toEqual([['1']]);
  });

  test('a changed record needs a higher version, then replaces the old one', async () => {
    const table = await newTable();
    await send(table, [record(0, 1)]);
    const refused = await rejectedBy(send(table, [record(0, 2), record(1000, 3)]));
    expect(refused.RejectedRecords).toEqual([
      { RecordIndex: 0, Reason: expect.stringContaining('already exists with the same time') },
    ]);
    await send(table, [record(0, 4, { Version: 3 })]);
    expect(await rows(`SELECT value FROM "db"."${table}" ORDER BY time`)).toEqual([['3.0'], ['4.0']]);
    const older = await rejectedBy(send(table, [record(0, 5, { Version: 2 })]));
    expect(older.RejectedRecords?.[0]?.ExistingVersion).toBe(3);
  });

  test('two versions of one record in the same request leave the higher one', async () => {
    const table = await newTable();
    await send(table, [record(0, 1), record(0, 2, { Version: 2 })]);
    expect(await rows(`SELECT value FROM "db"."${table}"`)).toEqual([['2.0']]);
  });

  test('what lies outside the memory store is rejected, the rest of the request is stored', async () => {
    const table = await newTable();
    const error = await rejectedBy(send(table, [record(25 * HOUR, 1), record(0, 2), record(-HOUR, 3)]));
    expect(error.RejectedRecords?.map(({ RecordIndex }) => RecordIndex)).toEqual([0, 2]);
    expect(error.RejectedRecords?.[0]?.Reason).toBe(
      'The record timestamp is outside the time range [2026-11-22T10:00:00.000Z, 2026-11-23T10:15:00.000Z) of the memory store.',
    );
    expect(await rows(`SELECT value FROM "db"."${table}"`)).toEqual([['2.0']]);
  });

  test('a table with magnetic writes takes late records', async () => {
    const table = await newTable({ MagneticStoreWriteProperties: { EnableMagneticStoreWrites: true } });
    await send(table, [record(25 * HOUR, 1)]);
    await send(table, [record(25 * HOUR, 1)]);
    expect(await rows(`SELECT value FROM "db"."${table}"`)).toEqual([['1.0']]);
  });

  test('a column keeps its type', async () => {
    const table = await newTable();
    await send(table, [record(0, 1)]);
    const MeasureValues = [{ Name: 'value', Type: 'VARCHAR' as const, Value: 'one' }];
    const error = await rejectedBy(send(table, [record(1, 0, { MeasureValues })]));
    expect(error.RejectedRecords?.[0]?.Reason).toContain('value is a DOUBLE');
  });

  test.each([
    ['more than 100 records', Array.from({ length: 101 }, (_, i) => record(i, i)), '101 records'],
    ['an empty dimension', [record(0, 1, { Dimensions: [{ Name: 'device', Value: '' }] })], 'dimension "device"'],
    [
      'a value of another type',
      [record(0, Number.NaN, { MeasureValues: [{ Name: 'n', Type: 'BIGINT', Value: '1.5' }] })],
      '"1.5"',
    ],
  ])('refuses the whole request for %s', async (_, records, said) => {
    const table = await newTable();
    await expect(send(table, records)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(said),
    });
  });

  test('an unknown table is ResourceNotFoundException', async () => {
    await expect(send('nowhere', [record(0, 1)])).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('rows older than the retention disappear', async () => {
    const table = await newTable();
    await send(table, [record(0, 1)]);
    nowMs = NOW + 9 * 24 * HOUR;
    await send(table, [{ ...record(0, 2), Time: String(nowMs) }]);
    expect(await rows(`SELECT value FROM "db"."${table}"`)).toEqual([['2.0']]);
    nowMs = NOW;
  });

  test('describes the retention that the template asked for', async () => {
    const table = await newTable();
    const { Table } = await write.send(new DescribeTableCommand({ DatabaseName: 'db', TableName: table }));
    expect(Table?.RetentionProperties?.MemoryStoreRetentionPeriodInHours).toBe(24);
  });
});

describe('querying', () => {
  async function filled(): Promise<string> {
    const table = await newTable();
    await send(
      table,
      Array.from({ length: 90 }, (_, i) => record(i * 10_000, i)),
    );
    return table;
  }

  test('bins by minutes of the clock and computes percentiles', async () => {
    const table = await filled();
    const sql = `SELECT bin(time, 5m) AS t, approx_percentile(value, 0.5) AS p50, count(*) AS n
      FROM "db"."${table}" WHERE time > ago(10m) AND measure_name = 'quality' GROUP BY bin(time, 5m) ORDER BY t`;
    expect(await rows(sql)).toEqual([
      ['2026-11-23 09:50:00.000000000', '45.0', '29'],
      ['2026-11-23 09:55:00.000000000', '15.5', '30'],
      ['2026-11-23 10:00:00.000000000', '0.0', '1'],
    ]);
  });

  test('names the types of its columns as Timestream does', async () => {
    const table = await filled();
    const { ColumnInfo } = await query.send(
      new QueryCommand({
        QueryString: `SELECT device, time, value, count(*) OVER () AS n, value > 1 AS big, 1.5 AS x FROM "db"."${table}" LIMIT 1`,
      }),
    );
    expect(ColumnInfo?.map(({ Name, Type }) => `${Name} ${Type?.ScalarType}`)).toEqual([
      'device VARCHAR',
      'time TIMESTAMP',
      'value DOUBLE',
      'n BIGINT',
      'big BOOLEAN',
      'x DOUBLE',
    ]);
  });

  test('numbers the columns that have no name', async () => {
    const { columns } = await timestream.query(
      'SELECT 1 + 1, count(*), \'x\' AS named, max(1) AS "measure_value::double"',
    );
    expect(columns.map(({ name }) => name)).toEqual(['_col0', '_col1', 'named', 'measure_value::double']);
  });

  test('hands out pages', async () => {
    const table = await filled();
    const sizes = [];
    const command = { QueryString: `SELECT value FROM "db"."${table}" ORDER BY time`, MaxRows: 40 };
    for await (const page of paginateQuery({ client: query }, command)) sizes.push(page.Rows?.length);
    expect(sizes).toEqual([40, 40, 10]);
  });

  test('the direct query gives the same rows', async () => {
    const table = await filled();
    const { rows: direct } = await timestream.query(`SELECT count(*), max(value) FROM "db"."${table}"`);
    expect(direct).toEqual([['90', '89.0']]);
  });

  test.each([
    ['date_add', `SELECT date_add('minute', 5, TIMESTAMP '2026-11-23 10:00:00')`, '2026-11-23 10:05:00.000000000'],
    ['from_milliseconds', `SELECT from_milliseconds(${NOW})`, '2026-11-23 10:00:00.000000000'],
    ['now', 'SELECT now()', '2026-11-23 10:00:00.000000000'],
    ['current_timestamp', 'SELECT current_timestamp', '2026-11-23 10:00:00.000000000'],
    ['a duration inside text stays text', `SELECT '5m ago'`, '5m ago'],
    ['division of integers', 'SELECT 7 / 2', '3'],
    ['large doubles', 'SELECT CAST(12345678.5 AS double)', '1.23456785E7'],
    ['max_by', `SELECT max_by(x, y) FROM (VALUES ('a', 1), ('b', 2)) AS t(x, y)`, 'b'],
  ])('%s', async (_, sql, expected) => {
    expect(await rows(sql)).toEqual([[expected]]);
  });

  test('lists databases and tables', async () => {
    expect(await rows('SHOW DATABASES')).toEqual([['db']]);
    expect((await rows('SHOW TABLES FROM "db"')).length).toBe(tables);
  });

  test.each([
    ['an unknown table', 'SELECT 1 FROM "db"."nowhere"', 'nowhere'],
    ['a function it does not have', 'SELECT CREATE_TIME_SERIES(time, value) FROM "db"."t1"', 'CREATE_TIME_SERIES'],
    ['a statement that changes data', 'DROP TABLE "db"."t1"', 'SELECT'],
    ['a second statement', 'SELECT 1; DROP SCHEMA db', 'One statement'],
    ['reading a file of the machine', `SELECT * FROM read_text('/etc/hostname')`, 'disabled'],
  ])('refuses %s', async (_, QueryString, said) => {
    await expect(query.send(new QueryCommand({ QueryString }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(said),
    });
  });
});

test('clients that discover their endpoint are sent back to this one', async () => {
  const { endpoint, ...others } = rig.client;
  process.env.AWS_ENDPOINT_URL_TIMESTREAM_WRITE = endpoint;
  const client = new TimestreamWriteClient(others);
  try {
    const table = await newTable();
    const answer = await client.send(
      new WriteRecordsCommand({ DatabaseName: 'db', TableName: table, Records: [record(0, 1)] }),
    );
    expect(answer.RecordsIngested?.Total).toBe(1);
  } finally {
    delete process.env.AWS_ENDPOINT_URL_TIMESTREAM_WRITE;
    client.destroy();
  }
});

test('IAM is asked for the table that is written and the tables that are read', async () => {
  const request = (operation: string, body: unknown) => ({
    operation,
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: {},
    body: Buffer.from(JSON.stringify(body)),
  });
  const arn = 'arn:aws:timestream:us-east-1:123456789012:database/db/table/m';
  expect(timestream.service.access(request('WriteRecords', { DatabaseName: 'db', TableName: 'm' }))).toEqual([
    { action: 'timestream:WriteRecords', resource: arn },
  ]);
  expect(timestream.service.access(request('Query', { QueryString: 'SELECT 1 FROM "db"."m"' }))).toEqual([
    { action: 'timestream:Select', resource: arn },
  ]);
});
