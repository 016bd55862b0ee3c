import type { PointGroup } from '../../core/metrics/model.ts';
import { type CollectOptions, MetricRegistry } from '../../core/metrics/registry.ts';
import type { Clock } from '../../core/metrics/series.ts';
import { parseTextFormat, type TextSample } from './text-format.ts';

export interface ScrapeTarget {
  /** Becomes the label `job`. */
  readonly job: string;
  /** Of its metrics: `http://127.0.0.1:9464/metrics`. Host and port become the label `instance`. */
  readonly url: string;
}

/** Gets the text behind a URL; rejects when there is none in time. */
export type Fetch = (url: string) => Promise<string>;

/** An application must not keep the agent waiting longer than it takes to be asked again. */
const TIMEOUT_MS = 5_000;
const ACCEPT = 'text/plain;version=0.0.4';

export const fetchText: Fetch = async (url) => {
  const response = await fetch(url, { headers: { accept: ACCEPT }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.text();
};

/**
 * Asks an application that speaks Prometheus' text format for its metrics. As in Prometheus `up` says whether it
 * answered, and series it no longer reports end.
 */
export class Scraper {
  private readonly target: ScrapeTarget;
  private readonly clock: Clock;
  private readonly get: Fetch;
  private readonly registry: MetricRegistry;
  private busy = false;

  constructor(target: ScrapeTarget, clock: Clock, get: Fetch = fetchText) {
    this.target = target;
    this.clock = clock;
    this.get = get;
    const { host } = new URL(target.url);
    this.registry = new MetricRegistry({ resource: { job: target.job, instance: host }, clock });
  }

  /** Never rejects: an application that does not answer is a measurement. Returns problems, for the log. */
  async scrape(): Promise<readonly string[]> {
    if (this.busy) return [];
    this.busy = true;
    const startedMs = this.clock();
    try {
      const { samples, problems } = parseTextFormat(await this.get(this.target.url));
      for (const sample of samples) this.take(sample);
      this.registry.prune(startedMs);
      this.report(1, startedMs);
      return problems.map((problem) => `${this.target.url}: ${problem}`);
    } catch (error) {
      this.registry.prune(Number.POSITIVE_INFINITY);
      this.report(0, startedMs);
      return [`${this.target.url} cannot be scraped: ${error instanceof Error ? error.message : String(error)}`];
    } finally {
      this.busy = false;
    }
  }

  collect(nowMs: number, options?: CollectOptions): PointGroup {
    return this.registry.collect(nowMs, options);
  }

  refusedSeries(): ReadonlyMap<string, number> {
    return this.registry.refusedSeries();
  }

  private take({ name, labels, value, kind }: TextSample): void {
    const { job, instance, ...own } = labels;
    // The labels of the target are the truth; what the application says of itself is kept beside it.
    const kept = {
      ...own,
      ...(job === undefined ? {} : { exported_job: job }),
      ...(instance === undefined ? {} : { exported_instance: instance }),
    };
    if (kind === 'counter') this.registry.counter(name, kept).observeTotal(value);
    else this.registry.gauge(name, kept).set(value);
  }

  private report(up: 0 | 1, startedMs: number): void {
    this.registry.gauge('up').set(up);
    this.registry.gauge('scrape_duration_seconds').set((this.clock() - startedMs) / 1000);
  }
}
