import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import snappy from 'snappyjs';
import { encodeWriteRequest, type RemoteSeries } from '../../../core/metrics/remote-write.ts';
import { prometheusStore } from '../../../lambdas/shared/stores/prometheus.ts';
import { createPrometheus, type Prometheus } from '../../../local/aws/prometheus.ts';
import { ID, type Rig, startRig } from './support.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const authorization = 'AWS4-HMAC-SHA256 Credential=A/20261123/us-east-1/aps/aws4_request';
let rig: Rig;
let prometheus: Prometheus;
let base: string;

beforeAll(async () => {
  rig = await startRig();
  prometheus = createPrometheus(rig.place, () => NOW);
  rig.endpoint.use(prometheus.service);
  base = await workspace('Store');
});

afterAll(() => rig.endpoint.close());

async function workspace(logicalId: string): Promise<string> {
  const made = await prometheus.provisioners['AWS::APS::Workspace']?.(
    { ...ID, logicalId },
    { Alias: 'dev', WorkspaceConfiguration: { OutOfOrderTimeWindowInSeconds: 600, RetentionPeriodInDays: 30 } },
  );
  return made?.attributes.PrometheusEndpoint ?? '';
}

function gauge(name: string, secondsAgo: number, value: number, labels: Record<string, string> = {}): RemoteSeries {
  return { name, labels, samples: [{ timeMs: NOW - secondsAgo * 1000, value }], histograms: [] };
}

async function write(series: RemoteSeries[], to = base): Promise<{ status: number; text: string }> {
  const response = await fetch(`${to}api/v1/remote_write`, {
    method: 'POST',
    headers: { authorization, 'content-encoding': 'snappy', 'content-type': 'application/x-protobuf' },
    body: Buffer.from(snappy.compress(encodeWriteRequest(series))),
  });
  return { status: response.status, text: await response.text() };
}

async function ask(
  endpoint: string,
  parameters: Record<string, string>,
  to = base,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${to}api/v1/${endpoint}?${new URLSearchParams(parameters)}`, {
    headers: { authorization },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test('the endpoint is the workspace under the shared address', () => {
  expect(base).toMatch(new RegExp(`^${rig.place.endpoint}/workspaces/ws-[0-9a-f]{8}-[0-9a-f-]{27}/$`));
});

describe('remote write', () => {
  test('takes samples, and the same again without a word', async () => {
    const request = [gauge('up', 10, 1, { thing: 'lab-1' })];
    expect((await write(request)).status).toBe(200);
    expect((await write(request)).status).toBe(200);
    const { body } = await ask('query', { query: 'count_over_time(up[1m])', time: String(NOW / 1000) });
    expect(body.data).toEqual({
      resultType: 'vector',
      result: [{ metric: { thing: 'lab-1' }, value: [NOW / 1000, '1'] }],
    });
  });

  test('refuses another value at the same time, and stores the rest of the request', async () => {
    await write([gauge('dup', 10, 1)]);
    const { status, text } = await write([gauge('dup', 10, 2), gauge('beside', 10, 7)]);
    expect(status).toBe(400);
    expect(text).toContain('err-mimir-sample-duplicate-timestamp');
    const { body } = await ask('query', { query: 'beside', time: String(NOW / 1000) });
    expect(JSON.stringify(body)).toContain('"7"');
  });

  test('takes samples out of order within 10 minutes, refuses older ones', async () => {
    await write([gauge('late', 0, 3)]);
    expect((await write([gauge('late', 599, 1), gauge('late', 300, 2)])).status).toBe(200);
    const { status, text } = await write([gauge('late', 601, 0)]);
    expect(status).toBe(400);
    expect(text).toContain('out-of-order time window of 600s');
    const { body } = await ask('query', { query: 'late[11m]', time: String(NOW / 1000) });
    expect(body.data).toMatchObject({
      result: [
        {
          values: [
            [NOW / 1000 - 599, '1'],
            [NOW / 1000 - 300, '2'],
            [NOW / 1000, '3'],
          ],
        },
      ],
    });
  });

  test.each([
    ['a time too far in the future', gauge('up', -660, 1), 'too far in the future'],
    ['a name that is none', gauge('a-b', 0, 1), 'invalid metric name'],
    ['a label that is none', gauge('up', 0, 1, { 'a-b': 'x' }), 'invalid label'],
  ])('refuses %s', async (_, series, said) => {
    const { status, text } = await write([series]);
    expect(status).toBe(400);
    expect(text).toContain(said);
  });

  test('throttles whole requests when a test orders it', async () => {
    rig.endpoint.faults.next('aps', 'RemoteWrite', { error: 'ThrottlingException', status: 429 });
    expect((await write([gauge('throttled', 0, 1)])).status).toBe(429);
    const { body } = await ask('query', { query: 'throttled', time: String(NOW / 1000) });
    expect(body.data).toEqual({ resultType: 'vector', result: [] });
  });

  test('refuses what is not snappy', async () => {
    const response = await fetch(`${base}api/v1/remote_write`, {
      method: 'POST',
      headers: { authorization },
      body: 'x',
    });
    expect(response.status).toBe(400);
  });
});

describe('queries', () => {
  const histogram = {
    scale: 0,
    count: 4,
    sum: 10,
    zeroCount: 1,
    zeroThreshold: 0,
    positive: { offset: 0, counts: [1, 2] },
    negative: { offset: 0, counts: [] },
  };

  test('native histograms come back with their buckets and answer quantiles', async () => {
    await write([
      { name: 'duration', labels: {}, samples: [], histograms: [{ timeMs: NOW, histogram, isGauge: true }] },
    ]);
    const time = String(NOW / 1000);
    const { body } = await ask('query', { query: 'duration', time });
    expect(body.data).toMatchObject({
      result: [
        {
          histogram: [
            NOW / 1000,
            {
              count: '4',
              sum: '10',
              buckets: [
                [3, '-0', '0', '1'],
                [0, '1', '2', '1'],
                [0, '2', '4', '2'],
              ],
            },
          ],
        },
      ],
    });
    const average = await ask('query', { query: 'histogram_avg(duration)', time });
    expect(JSON.stringify(average.body)).toContain('"2.5"');
  });

  test('a range is evaluated step by step', async () => {
    await write([60, 30, 0].map((ago) => gauge('steps', ago, 60 - ago)));
    const { body } = await ask('query_range', {
      query: 'steps * 2',
      start: String(NOW / 1000 - 60),
      end: String(NOW / 1000),
      step: '30s',
    });
    expect(body.data).toEqual({
      resultType: 'matrix',
      result: [
        {
          metric: {},
          values: [
            [NOW / 1000 - 60, '0'],
            [NOW / 1000 - 30, '60'],
            [NOW / 1000, '120'],
          ],
        },
      ],
    });
  });

  test('lists series, labels and their values', async () => {
    await write([gauge('listed', 0, 1, { thing: 'a', job: 'j' }), gauge('listed', 0, 1, { thing: 'b' })]);
    const match = { 'match[]': 'listed{thing=~"a|b"}' };
    expect((await ask('series', match)).body.data).toEqual([
      { __name__: 'listed', thing: 'a', job: 'j' },
      { __name__: 'listed', thing: 'b' },
    ]);
    expect((await ask('labels', match)).body.data).toEqual(['__name__', 'job', 'thing']);
    expect((await ask('label/thing/values', match)).body.data).toEqual(['a', 'b']);
  });

  test('a long query comes as a form', async () => {
    const body = new URLSearchParams({ query: 'vector(1)', time: String(NOW / 1000) });
    const response = await fetch(`${base}api/v1/query`, { method: 'POST', headers: { authorization }, body });
    expect(await response.json()).toMatchObject({
      status: 'success',
      data: { result: [{ value: [NOW / 1000, '1'] }] },
    });
  });

  test.each([
    ['query', { query: 'sum(' }, 400],
    ['query', {}, 400],
    ['query_range', { query: 'up', start: '10', end: '5', step: '1' }, 400],
    ['query_range', { query: 'up', start: '0', end: '100000', step: '1' }, 400],
  ])('%s %j is answered %i', async (endpoint, parameters, expected) => {
    const { status, body } = await ask(endpoint, parameters as Record<string, string>);
    expect(body.status).toBe('error');
    expect(status).toBe(expected);
  });

  test('a query that cannot be evaluated is answered 422', async () => {
    await write([gauge('many', 0, 1, { a: '1' }), gauge('many', 0, 1, { a: '2' })]);
    const { status, body } = await ask('query', { query: 'many * on () many', time: String(NOW / 1000) });
    expect([status, body.errorType]).toEqual([422, 'execution']);
  });

  test("the twin's own pages ask without a signature", async () => {
    await write([gauge('own', 0, 5)]);
    const response = await prometheus.fetch(`${base}api/v1/query?query=own&time=${NOW / 1000}`);
    expect(JSON.stringify(await response.json())).toContain('"5"');
  });

  test('a workspace that does not exist is 404', async () => {
    expect((await ask('query', { query: 'up' }, `${rig.place.endpoint}/workspaces/ws-none/`)).status).toBe(404);
  });
});

test("ingest's adapter writes through its real signature", async () => {
  const endpoint = await workspace('Other');
  const store = prometheusStore({
    endpoint,
    region: 'us-east-1',
    credentials: rig.client.credentials,
    nowMs: () => NOW,
  });
  const result = await store.write([
    {
      resource: { thing: 'lab-1' },
      points: [
        { kind: 'gauge', name: 'quality', labels: {}, timeMs: NOW, value: 0.9 },
        { kind: 'gauge', name: 'quality', labels: {}, timeMs: NOW - 3_600_000, value: 0.1 },
      ],
    },
  ]);
  expect([result.stored, result.tooOld.length, result.rejected]).toEqual([1, 1, []]);
  expect(JSON.stringify((await ask('query', { query: 'quality', time: String(NOW / 1000) }, endpoint)).body)).toContain(
    '"0.9"',
  );
});
