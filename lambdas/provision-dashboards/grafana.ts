import type { Grafana } from './provision.ts';

/** The answer of Grafana was neither what was asked for nor one of the answers that are as good. */
export class GrafanaRefused extends Error {
  override readonly name = 'GrafanaRefused';
}

/**
 * Grafana's HTTP API, with the token of a service account.
 * @param url `https://g-1234.grafana-workspace.us-east-1.amazonaws.com`
 */
export function grafanaApi(url: string, token: string, request: typeof fetch = fetch): Grafana {
  /** @param fine statuses that are no failure; @returns the status */
  async function call(method: string, path: string, body?: unknown, fine: readonly number[] = [200]): Promise<number> {
    const response = await request(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!fine.includes(response.status)) {
      throw new GrafanaRefused(`Grafana answered ${response.status} to ${method} ${path}: ${text.slice(0, 500)}`);
    }
    return response.status;
  }

  return {
    async ensurePlugin(id) {
      const status = await call('GET', `/api/plugins/${id}/settings`, undefined, [200, 404]);
      // 409: somebody else is installing it just now.
      if (status === 404) await call('POST', `/api/plugins/${id}/install`, {}, [200, 409]);
    },
    async putDataSource(dataSource) {
      const body = { access: 'proxy', ...dataSource };
      const path = `/api/datasources/uid/${dataSource.uid}`;
      if ((await call('GET', path, undefined, [200, 404])) === 200) await call('PUT', path, body);
      else await call('POST', '/api/datasources', body);
    },
    async putFolder(uid, title) {
      // 409 and 412: it exists.
      await call('POST', '/api/folders', { uid, title }, [200, 409, 412]);
    },
    async putDashboard(folderUid, dashboard) {
      await call('POST', '/api/dashboards/db', { dashboard, folderUid, overwrite: true });
    },
  };
}
