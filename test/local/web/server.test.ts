import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PanelTarget, QueryView, StatusSnapshot } from '../../../local/web/ports.ts';
import { createWebServer, type WebServer } from '../../../local/web/server.ts';

const STATUS: StatusSnapshot = {
  nowMs: 1000,
  startedAtMs: 0,
  environment: 'dev',
  metricStore: 'timestream',
  devices: [],
  flow: {},
  alerts: [],
  operations: { onCall: [], silences: [], healing: [] },
  hints: [],
};
const JSON_HEADERS = { 'content-type': 'application/json' };

let server: WebServer;
const asked: [PanelTarget, QueryView][] = [];
const live: number[] = [];

beforeAll(async () => {
  server = await createWebServer({
    port: 0,
    dashboards: () => [
      {
        uid: 'one',
        title: 'One',
        slug: 'one',
        json: {
          description: 'first',
          tags: ['a'],
          panels: [
            {
              id: 3,
              targets: [
                { refId: 'A', expr: 'x' },
                { refId: 'B', expr: 'bad' },
              ],
            },
          ],
        },
      },
    ],
    runQuery: async (target, view) => {
      asked.push([target, view]);
      if (target.expr === 'bad') throw new Error('the store said no');
      return { kind: 'series', series: [] };
    },
    inbox: { list: () => [], acknowledge: async () => ({ status: 200 }) },
    status: () => STATUS,
    startLive: (seconds) => void live.push(seconds),
  });
});

afterAll(() => server.close());

async function get(path: string): Promise<[number, unknown]> {
  const response = await fetch(server.url + path);
  return [response.status, await response.json()];
}

async function post(
  path: string,
  body: unknown,
  headers: Record<string, string> = JSON_HEADERS,
): Promise<[number, unknown]> {
  const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return [response.status, await response.json()];
}

describe('the twin in the browser', () => {
  test('listens on this machine only', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test.each(['/', '/dashboards', '/d/one', '/alerts', '/inbox'])('answers %s with its page', async (path) => {
    const response = await fetch(server.url + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/text\/html/);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(await response.text()).toContain('/static/js/app.js');
  });

  test.each([
    ['/static/js/app.js', /javascript/],
    ['/static/css/base.css', /css/],
    ['/static/icon.svg', /svg/],
    ['/vendor/uPlot.esm.js', /javascript/],
    ['/vendor/uPlot.min.css', /css/],
  ])('serves %s', async (path, type) => {
    const response = await fetch(server.url + path);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringMatching(type)]);
  });

  test.each([
    '/static/../server.ts',
    '/static/%2e%2e/server.ts',
    '/static/..%2fserver.js',
    '/vendor/../package.json',
    '/etc/passwd',
    '/d/ONE',
  ])('has nothing at %s', async (path) => {
    const status = await new Promise((resolve, reject) => {
      request(server.url, { path }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(404);
  });

  test('lists dashboards and gives each as it is', async () => {
    expect(await get('/api/dashboards')).toEqual([
      200,
      [{ uid: 'one', title: 'One', slug: 'one', description: 'first', tags: ['a'], panels: 1 }],
    ]);
    expect(await get('/api/dashboards/one')).toEqual([200, expect.objectContaining({ description: 'first' })]);
    expect(await get('/api/dashboards/two')).toEqual([404, { error: "there is no dashboard 'two'" }]);
  });

  test('runs the queries of a panel, and tells which of them failed and why', async () => {
    asked.length = 0;
    const view = { fromMs: 0, toMs: 1000, intervalMs: 100, thing: 'lab-1' };
    expect(await post('/api/query', { dashboard: 'one', panel: 3, ...view })).toEqual([
      200,
      [
        { refId: 'A', frame: { kind: 'series', series: [] } },
        { refId: 'B', error: 'the store said no' },
      ],
    ]);
    expect(asked[0]).toEqual([{ refId: 'A', expr: 'x' }, view]);
  });

  test.each([
    [{ dashboard: 'one', panel: 4, fromMs: 0, toMs: 1, intervalMs: 1 }, /panel 4 of dashboard 'one'/],
    [{ dashboard: 'two', panel: 3, fromMs: 0, toMs: 1, intervalMs: 1 }, /panel 3 of dashboard 'two'/],
    [{ dashboard: 'one', panel: 3, fromMs: 5, toMs: 1, intervalMs: 1 }, /range 5 to 1/],
    [{ dashboard: 'one', panel: 3, fromMs: 0, toMs: 1, intervalMs: 0 }, /by 0/],
    [null, /range undefined/],
  ])('refuses to query %j', async (body, message) => {
    expect(await post('/api/query', body)).toEqual([400, { error: expect.stringMatching(message) }]);
  });

  test('starts live mode for as long as is asked, an hour at most', async () => {
    expect(await post('/api/live', { seconds: 600 })).toEqual([200, STATUS]);
    expect(live).toEqual([600]);
    for (const seconds of [0, 3601, 'long', undefined]) {
      expect((await post('/api/live', { seconds }))[0]).toBe(400);
    }
    expect(live).toEqual([600]);
  });

  test('takes nothing from a form of another site, and answers to no other name', async () => {
    expect((await post('/api/live', { seconds: 5 }, { 'content-type': 'text/plain' }))[0]).toBe(400);
    const status = await new Promise((resolve, reject) => {
      request(`${server.url}/api/status`, { headers: { host: 'rebound.example' } }, (response) =>
        resolve(response.resume().statusCode),
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });
});
