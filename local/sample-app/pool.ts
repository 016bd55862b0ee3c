import type { DuckDBConnection } from '@duckdb/node-api';
import type { AppMetrics } from './metrics.ts';

/** A database as the routes see it: one named query at a time, its duration measured. */
export interface Pool {
  query(name: string, sql: string): Promise<Record<string, unknown>[]>;
}

export function createPool(connect: () => Promise<DuckDBConnection>, metrics: AppMetrics, max: number): Pool {
  const idle: DuckDBConnection[] = [];
  const waiting: ((connection: DuckDBConnection) => void)[] = [];
  let open = 0;
  metrics.connectionsMax.set(max);

  async function acquire(): Promise<DuckDBConnection> {
    const connection = idle.pop();
    if (connection) return connection;
    if (open < max) {
      open += 1;
      return connect();
    }
    return new Promise((resolve) => waiting.push(resolve));
  }

  function release(connection: DuckDBConnection): void {
    const next = waiting.shift();
    if (next) next(connection);
    else idle.push(connection);
  }

  return {
    async query(name, sql) {
      const connection = await acquire();
      metrics.connectionsActive.set(open - idle.length);
      const stop = metrics.queryDuration.startTimer({ query: name });
      try {
        return (await connection.runAndReadAll(sql)).getRowObjectsJson();
      } finally {
        stop();
        release(connection);
        metrics.connectionsActive.set(open - idle.length);
      }
    },
  };
}
