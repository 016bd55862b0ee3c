import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DuckDBInstance } from '@duckdb/node-api';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createMetrics } from './metrics.ts';
import { createPool } from './pool.ts';
import { createRoutes } from './routes.ts';

/**
 * `neural-api`: an application such as a BCI platform has, so that the twin has something real to scrape. An HTTP
 * server over a database, a connection pool and a cache, that exposes `/metrics` through prom-client and knows nothing
 * of this monitor. Prints `{"port": N}` when it listens; ends with its standard input.
 */
const registry = new Registry();
collectDefaultMetrics({ register: registry });
const metrics = createMetrics(registry);
const database = await DuckDBInstance.create(':memory:', { threads: '1' });
const pool = createPool(() => database.connect(), metrics, 8);
const routes = await createRoutes(pool, metrics);

const server = createServer((request, response) => {
  const started = performance.now();
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const answer =
    path === '/metrics' ? registry.metrics().then((text) => ({ route: path, status: 200, body: text })) : routes(path);
  answer
    .catch((error: unknown) => ({ route: path, status: 500, body: String(error) }))
    .then(({ route, status, body }) => {
      response
        .writeHead(status, { 'content-type': path === '/metrics' ? registry.contentType : 'application/json' })
        .end(body);
      if (path === '/metrics') return;
      const labels = { method: request.method ?? 'GET', route, status: String(status) };
      metrics.requestDuration.observe(labels, (performance.now() - started) / 1000);
    })
    .catch((error: unknown) => response.destroy(error as Error));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);

process.stdin.resume();
await once(process.stdin, 'end');
process.exit(0);
