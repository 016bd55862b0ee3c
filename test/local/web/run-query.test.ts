import { describe, expect, test } from '@jest/globals';
import { prometheusPort } from '../../../local/web/prometheus-port.ts';
import { createRunQuery, type PrometheusSeries, type TimestreamRows } from '../../../local/web/run-query.ts';

const VIEW = { fromMs: 100_000, toMs: 160_500, intervalMs: 10_000 };
const COLUMNS: TimestreamRows['columns'] = [
  { name: 'time', kind: 'time' },
  { name: 'channel', kind: 'text' },
  { name: 'value', kind: 'number' },
];

describe('a Timestream query', () => {
  const series = { refId: 'A', rawQuery: 'SELECT 1 WHERE $__timeFilter', format: 1 };

  test('runs with its macros put in, and its text columns become labels', async () => {
    const asked: string[] = [];
    const run = createRunQuery({
      timestreamQuery: async (sql) => {
        asked.push(sql);
        return {
          columns: COLUMNS,
          rows: [
            [1000, 'C3', 0.9],
            [1000, 'C4', 0.8],
            [2000, 'C3', null],
          ],
        };
      },
    });
    expect(await run(series, VIEW)).toEqual({
      kind: 'series',
      series: [
        {
          name: 'value',
          labels: { channel: 'C3' },
          points: [
            [1000, 0.9],
            [2000, null],
          ],
        },
        { name: 'value', labels: { channel: 'C4' }, points: [[1000, 0.8]] },
      ],
    });
    expect(asked).toEqual(['SELECT 1 WHERE time BETWEEN from_milliseconds(100000) AND from_milliseconds(160500)']);
  });

  test.each([
    'Binder Error: Referenced column "error_type" not found in FROM clause!',
    "line 1:8: Column 'error_type' does not exist",
    'The table metrics does not exist.',
  ])('of what nobody has written yet is empty: %s', async (message) => {
    const run = createRunQuery({ timestreamQuery: () => Promise.reject(new Error(message)) });
    expect(await run(series, VIEW)).toEqual({ kind: 'series', series: [] });
    expect(await run({ ...series, format: 0 }, VIEW)).toEqual({ kind: 'table', columns: [], rows: [] });
  });

  test('that fails otherwise fails', async () => {
    const run = createRunQuery({ timestreamQuery: () => Promise.reject(new Error('ThrottlingException')) });
    await expect(run(series, VIEW)).rejects.toThrow('ThrottlingException');
  });

  test('is refused where the store is Prometheus, and without any text', async () => {
    await expect(createRunQuery({})(series, VIEW)).rejects.toThrow(/query A: asks Timestream/);
    await expect(createRunQuery({})({ refId: 'B' }, VIEW)).rejects.toThrow(/query B: has neither/);
  });
});

describe('a Prometheus query', () => {
  test('over a range keeps its labels but not the name, and no number that cannot be drawn', async () => {
    const asked: unknown[] = [];
    const run = createRunQuery({
      promRange: async (...question) => {
        asked.push(question);
        return [
          {
            metric: { __name__: 'x', channel: 'C3' },
            values: [
              [100, '0.5'],
              [110, 'NaN'],
              [120, '+Inf'],
            ],
          },
        ];
      },
      promInstant: async () => [],
    });
    expect(await run({ refId: 'A', expr: 'x[$__rate_interval]' }, VIEW)).toEqual({
      kind: 'series',
      series: [
        {
          name: '',
          labels: { channel: 'C3' },
          points: [
            [100_000, 0.5],
            [110_000, null],
            [120_000, null],
          ],
        },
      ],
    });
    expect(asked).toEqual([['x[40000ms]', 100_000, 160_500, 10_000]]);
  });

  test('at one time gives rows, the value named after the query', async () => {
    const run = createRunQuery({
      promRange: async () => [],
      promInstant: async (): Promise<PrometheusSeries[]> => [
        { metric: { thing: 'lab-1' }, values: [[160, '3']] },
        { metric: { thing: 'lab-2', job: 'node' }, values: [[160, '4']] },
      ],
    });
    expect(await run({ refId: 'B', expr: 'x', instant: true }, VIEW)).toEqual({
      kind: 'table',
      columns: ['job', 'thing', 'Value #B'],
      rows: [
        ['', 'lab-1', 3],
        ['node', 'lab-2', 4],
      ],
    });
  });
});

describe('the HTTP API of Prometheus', () => {
  function answering(body: unknown) {
    const urls: string[] = [];
    const port = prometheusPort('http://127.0.0.1:9/workspaces/ws-1', async (url) => {
      urls.push(url);
      return Response.json(body);
    });
    return { port, urls };
  }

  test('is asked for ranges in seconds', async () => {
    const result = [{ metric: {}, values: [[1, '2']] }];
    const { port, urls } = answering({ status: 'success', data: { resultType: 'matrix', result } });
    expect(await port.promRange('sum(x)', 1000, 61_500, 500)).toEqual(result);
    expect(urls).toEqual([
      'http://127.0.0.1:9/workspaces/ws-1/api/v1/query_range?query=sum%28x%29&start=1&end=61.5&step=0.5',
    ]);
  });

  test('answers vectors and scalars alike', async () => {
    const vector = answering({
      status: 'success',
      data: { resultType: 'vector', result: [{ metric: { a: 'b' }, value: [1, '2'] }] },
    });
    expect(await vector.port.promInstant('x', 1000)).toEqual([{ metric: { a: 'b' }, values: [[1, '2']] }]);
    const scalar = answering({ status: 'success', data: { resultType: 'scalar', result: [1, '7'] } });
    expect(await scalar.port.promInstant('7', 1000)).toEqual([{ metric: {}, values: [[1, '7']] }]);
  });

  test('says what it did not understand', async () => {
    const { port } = answering({ status: 'error', error: 'parse error at char 3' });
    await expect(port.promInstant('x(', 0)).rejects.toThrow('parse error at char 3');
  });
});
