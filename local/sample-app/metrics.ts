import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** The application's own metrics, under the names that the dashboards and rules of the specification use. */
export function createMetrics(registry: Registry) {
  const registers = [registry];
  return {
    requestDuration: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time to answer an HTTP request.',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    queryDuration: new Histogram({
      name: 'neural_db_query_duration_seconds',
      help: 'Time of a database query.',
      labelNames: ['query'],
      registers,
    }),
    connectionsActive: new Gauge({
      name: 'neural_db_connections_active',
      help: 'Connections of the pool that are in use.',
      registers,
    }),
    connectionsMax: new Gauge({
      name: 'neural_db_connections_max',
      help: 'Connections that the pool may open.',
      registers,
    }),
    cacheHits: new Counter({ name: 'cache_hits_total', help: 'Look-ups answered.', labelNames: ['cache'], registers }),
    cacheMisses: new Counter({
      name: 'cache_misses_total',
      help: 'Look-ups missed.',
      labelNames: ['cache'],
      registers,
    }),
  };
}

export type AppMetrics = ReturnType<typeof createMetrics>;
