import { TimestreamQueryClient } from '@aws-sdk/client-timestream-query';
import { buildDashboards } from '../../dashboards/build.ts';
import type { Twin } from '../twin.ts';
import type { StatusSnapshot } from '../web/ports.ts';
import { prometheusPort } from '../web/prometheus-port.ts';
import { createRunQuery } from '../web/run-query.ts';
import { createWebServer, type WebServer } from '../web/server.ts';
import { timestreamPort } from '../web/timestream-port.ts';
import { firstFreePort } from './ports.ts';

/** Where newcomers look first, as Grafana does; then the next ones. */
const FIRST_PORT = 3000;
const PORTS_TRIED = 50;

/** Serves the dashboards of the environment's store, each query through the store's own protocol. */
export async function openDashboards(
  twin: Twin,
  wantedPort: number | undefined,
  status: () => StatusSnapshot,
  startLive: (seconds: number) => Promise<void>,
): Promise<WebServer> {
  const { store } = twin;
  const databaseName = store.kind === 'timestream' ? store.database : '';
  const dashboards = buildDashboards(store.kind, { databaseName, datasourceUid: store.kind });
  const client = new TimestreamQueryClient({
    region: twin.place.region,
    endpoint: twin.endpoint,
    credentials: twin.credentials,
  });
  const ports =
    store.kind === 'timestream' ? { timestreamQuery: timestreamPort(client) } : prometheusPort(store.url, store.fetch);
  return createWebServer({
    port: wantedPort ?? (await firstFreePort(FIRST_PORT, PORTS_TRIED)),
    dashboards: () => dashboards,
    runQuery: createRunQuery(ports),
    inbox: twin.inbox,
    status,
    startLive,
  });
}
