import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readProperties } from '../../../lambdas/provision-dashboards/env.ts';
import { grafanaApi } from '../../../lambdas/provision-dashboards/grafana.ts';
import { type Provision, provision, type Workspace } from '../../../lambdas/provision-dashboards/provision.ts';

/** A Grafana that remembers, over real HTTP. */
class FakeGrafana {
  readonly plugins = new Set<string>(['cloudwatch']);
  readonly dataSources = new Map<string, { type: string }>();
  readonly folders = new Set<string>();
  readonly dashboards = new Map<string, string>();
  readonly tokens = new Set<string>();
  refuseDashboards = false;
  readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
      this.tokens.add(request.headers.authorization ?? '');
      response.statusCode = this.#answer(`${request.method} ${request.url}`, body);
      response.end('{}');
    });
  });

  #answer(call: string, body: { uid: string; type: string; dashboard: { uid: string }; folderUid: string }): number {
    const [, plugin] = /^GET \/api\/plugins\/(.+)\/settings$/.exec(call) ?? [];
    if (plugin) return this.plugins.has(plugin) ? 200 : 404;
    const [, installed] = /^POST \/api\/plugins\/(.+)\/install$/.exec(call) ?? [];
    if (installed) return this.plugins.add(installed) ? 200 : 500;
    const [, asked] = /^GET \/api\/datasources\/uid\/(.+)$/.exec(call) ?? [];
    if (asked) return this.dataSources.has(asked) ? 200 : 404;
    if (/^(PUT \/api\/datasources\/uid\/.+|POST \/api\/datasources)$/.test(call)) {
      if (call.startsWith('POST') && this.dataSources.has(body.uid)) return 409;
      this.dataSources.set(body.uid, body);
      return 200;
    }
    if (call === 'POST /api/folders') return this.folders.has(body.uid) ? 412 : this.folders.add(body.uid) && 200;
    if (call === 'POST /api/dashboards/db') {
      if (this.refuseDashboards) return 400;
      this.dashboards.set(body.dashboard.uid, body.folderUid);
      return 200;
    }
    return 404;
  }
}

const wanted: Provision = {
  workspaceId: 'g-1',
  endpoint: 'unused',
  adminGroup: 'admins',
  folder: { uid: 'nsmon', title: 'NeuraScale Monitor' },
  dataSources: [
    { uid: 'store', name: 'Store', type: 'grafana-timestream-datasource', isDefault: true, jsonData: {} },
    { uid: 'cloudwatch', name: 'CloudWatch', type: 'cloudwatch', isDefault: false, jsonData: {} },
  ],
  dashboards: [{ uid: 'neural-processing', bucket: 'assets', key: 'abc.json' }],
};

describe('provisioning a Grafana workspace', () => {
  let grafana: FakeGrafana;
  let url: string;
  let liveTokens: number;
  const admitted: string[] = [];
  const workspace: Workspace = {
    admit: async (_workspaceId, group) => void admitted.push(group),
    withToken: async (_workspaceId, use) => {
      liveTokens += 1;
      try {
        return await use('secret');
      } finally {
        liveTokens -= 1;
      }
    },
  };
  const run = () =>
    provision(wanted, {
      workspace,
      grafana: (_endpoint, token) => grafanaApi(url, token),
      read: async ({ uid }) => ({ uid }),
    });

  beforeEach(async () => {
    grafana = new FakeGrafana();
    liveTokens = 0;
    await new Promise<void>((resolve) => grafana.server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(grafana.server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => grafana.server.close(resolve)));

  test('lets the group in and puts plugins, data sources, folder and dashboards', async () => {
    await run();
    expect(admitted).toContain('admins');
    expect([...grafana.plugins]).toEqual(['cloudwatch', 'grafana-timestream-datasource']);
    expect([...grafana.dataSources.keys()]).toEqual(['store', 'cloudwatch']);
    expect([...grafana.dashboards]).toEqual([['neural-processing', 'nsmon']]);
    expect([...grafana.tokens]).toEqual(['Bearer secret']);
  });

  test('may run again and again with the same outcome', async () => {
    await run();
    await run();
    expect(grafana.dataSources.size).toBe(2);
    expect(grafana.dashboards.size).toBe(1);
  });

  test('says what Grafana refused, and leaves no token behind', async () => {
    grafana.refuseDashboards = true;
    await expect(run()).rejects.toThrow('Grafana answered 400 to POST /api/dashboards/db');
    expect(liveTokens).toBe(0);
  });
});

test('properties that lack something are refused with its name', () => {
  expect(readProperties({ Provision: JSON.stringify(wanted) })).toEqual(wanted);
  expect(() => readProperties({})).toThrow('no property Provision');
  expect(() => readProperties({ Provision: JSON.stringify({ ...wanted, folder: undefined }) })).toThrow(
    'Provision lacks folder',
  );
});
