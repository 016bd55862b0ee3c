import type { AppMetrics } from './metrics.ts';
import type { Pool } from './pool.ts';

export interface Answer {
  /** The pattern, never the path: a label with ids in it would grow without end. */
  readonly route: string;
  readonly status: number;
  readonly body: string;
}

/** How long a cached answer is served, milliseconds. */
const CACHED_MS = 2_000;

/** Routes of a small BCI platform: sessions, their features and their events. */
export async function createRoutes(pool: Pool, metrics: AppMetrics): Promise<(path: string) => Promise<Answer>> {
  await pool.query(
    'create_sessions',
    `CREATE TABLE sessions AS SELECT i AS id, 'headset-' || (i % 20) AS device, random() AS quality, i * 60 AS started
       FROM range(2000) t(i)`,
  );
  await pool.query(
    'create_features',
    `CREATE TABLE features AS SELECT i % 2000 AS session, ['delta','theta','alpha','beta','gamma'][1 + i % 5] AS band,
       random() * 40 AS power FROM range(100000) t(i)`,
  );
  const cache = new Map<string, { body: string; untilMs: number }>();

  async function cached(key: string, load: () => Promise<unknown>): Promise<string> {
    const hit = cache.get(key);
    if (hit && hit.untilMs > performance.now()) {
      metrics.cacheHits.inc({ cache: 'answers' });
      return hit.body;
    }
    metrics.cacheMisses.inc({ cache: 'answers' });
    const body = JSON.stringify(await load());
    cache.set(key, { body, untilMs: performance.now() + CACHED_MS });
    return body;
  }

  return async (path) => {
    const ok = (route: string, body: string): Answer => ({ route, status: 200, body });
    if (path === '/sessions') {
      return ok(
        path,
        await cached(path, () => pool.query('list_sessions', 'SELECT * FROM sessions ORDER BY started DESC LIMIT 20')),
      );
    }
    if (path === '/devices') {
      return ok(
        path,
        await cached(path, () =>
          pool.query(
            'quality_by_device',
            'SELECT device, avg(quality) AS quality FROM sessions GROUP BY device ORDER BY device',
          ),
        ),
      );
    }
    const session = /^\/sessions\/(\d{1,6})\/features$/.exec(path)?.[1];
    if (session !== undefined) {
      const rows = await pool.query(
        'features_of_session',
        `SELECT band, quantile_cont(power, 0.95) AS p95 FROM features WHERE session = ${session} GROUP BY band ORDER BY band`,
      );
      const route = '/sessions/{id}/features';
      return rows.length > 0
        ? ok(route, JSON.stringify(rows))
        : { route, status: 404, body: '{"error":"no such session"}' };
    }
    return { route: 'unknown', status: 404, body: '{"error":"not found"}' };
  };
}
