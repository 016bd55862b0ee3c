import { catalogue, type MetricDescriptor } from '../core/metrics/catalogue.ts';
import { nearest } from '../core/nearest.ts';
import { MINUTE_SUFFIX } from './macros.ts';

/** A question about the metrics, written once and asked of either store. */
export interface NamedQuery {
  /** What is asked, as people say it: "signal processing latency, 95th percentile". Unique. */
  readonly name: string;
  /** Metrics it reads, as the catalogue names them. */
  readonly metrics: readonly string[];
  /** `series`: values over the range. `instant`: one row a group, as things stand at the end of the range. */
  readonly form: 'series' | 'instant';
  /** Labels that tell the result's series or rows apart. */
  readonly by: readonly string[];
  /** Name of a series; `{{label}}` stands for the label's value. For rows, the name of the value column. */
  readonly legend: string;
  /** SQL for the Timestream database of that name, with the macros of the Grafana data source. */
  timestream(database: string): string;
  /** PromQL with the macros of the Grafana data source. */
  readonly promql: string;
}

/** What narrows and names a query, whatever it computes. */
export interface QueryOptions {
  readonly name: string;
  readonly legend: string;
  readonly by?: readonly string[];
  /** Labels that must have these values. */
  readonly where?: Readonly<Record<string, string>>;
}

/** Labels every stored series has beside those the catalogue lists, and that tell series apart. */
const IDENTITY = ['thing', 'job', 'instance'] as const;

/**
 * The catalogue's description of a metric; views of it have its own: roll-ups (`:1m`), and the classic ones of a
 * histogram (`_bucket`, `_sum`, `_count`).
 * @throws Error when the catalogue has no such metric, naming the nearest one
 */
export function describeMetric(name: string): MetricDescriptor {
  const descriptor = catalogue[name] ?? rollupView(name) ?? classicView(name);
  if (descriptor) return descriptor;
  const near = nearest(name, Object.keys(catalogue));
  throw new Error(`unknown metric '${name}': the catalogue has none of that name. Did you mean '${near}'?`);
}

/** All labels that together identify one series of the metric. */
export function seriesLabels(metric: string): readonly string[] {
  const { labels } = describeMetric(metric);
  return [...IDENTITY, ...labels, ...(metric.endsWith('_bucket') ? ['le'] : [])];
}

function rollupView(name: string): MetricDescriptor | undefined {
  const base = name.endsWith(MINUTE_SUFFIX) ? catalogue[name.slice(0, -MINUTE_SUFFIX.length)] : undefined;
  return base?.kind === 'counter' ? undefined : base;
}

function classicView(name: string): MetricDescriptor | undefined {
  const base = catalogue[name.replace(/_(bucket|sum|count)$/, '')];
  return base?.kind === 'histogram' ? base : undefined;
}
