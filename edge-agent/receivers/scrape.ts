import type { PointGroup } from '../../core/metrics/model.ts';
import { parseExposition } from './exposition.ts';

/** An application that exposes `/metrics`. */
export interface ScrapeTarget {
  readonly job: string;
  readonly url: string;
}

export interface ScrapePorts {
  readonly nowMs: () => number;
  readonly fetch: typeof fetch;
  /** Told why a target could not be scraped; not repeated while the reason stays the same. */
  readonly onProblem: (target: ScrapeTarget, reason: string) => void;
}

/** A page that takes longer than this, or is larger, is no page of metrics. */
const TIMEOUT_MS = 5_000;
const MOST_BYTES = 10 * 1024 * 1024;

/**
 * Scrapes one target. Besides the target's own series there is always `up`, 1 or 0, as in Prometheus: an application
 * that is gone is a fact, not a gap.
 */
export function createScraper(target: ScrapeTarget, ports: ScrapePorts): () => Promise<PointGroup> {
  const resource = { job: target.job, instance: new URL(target.url).host };
  const firstSeenMs = ports.nowMs();
  let lastProblem = '';

  async function page(): Promise<string> {
    const response = await ports.fetch(target.url, {
      headers: { accept: 'text/plain;version=0.0.4' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const text = await response.text();
    if (text.length > MOST_BYTES) throw new Error(`its page has ${text.length} bytes, at most ${MOST_BYTES} are read`);
    return text;
  }

  return async () => {
    const timeMs = ports.nowMs();
    const up = (value: 0 | 1) => ({ kind: 'gauge', name: 'up', labels: {}, timeMs, value }) as const;
    try {
      const points = parseExposition(await page(), timeMs, firstSeenMs);
      lastProblem = '';
      return { resource, points: [...points, up(1)] };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== lastProblem) ports.onProblem(target, reason);
      lastProblem = reason;
      return { resource, points: [up(0)] };
    }
  };
}
