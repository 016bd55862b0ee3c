import { type Labels, type Point, type PointGroup, seriesKey } from './model.ts';
import { type Clock, CounterSeries, GaugeSeries, HistogramSeries, type Series, type SeriesId } from './series.ts';
import type { Counter, Gauge, Histogram, MetricSink } from './sink.ts';

/** OpenTelemetry's default. A metric with more series than this has a label that should not be one (a request id). */
const DEFAULT_SERIES_LIMIT = 2_000;

export interface RegistryOptions {
  /** Labels of everything in the registry: `job`, `instance`. */
  readonly resource: Labels;
  readonly clock: Clock;
  /** Most series that one metric may have. */
  readonly seriesLimit?: number;
}

export interface CollectOptions {
  /** Also hand out the roll-ups of the minutes that have ended. Each is handed out once, so only the sender asks. */
  readonly rollups?: boolean;
}

type SeriesClass = new (id: SeriesId, clock: Clock) => Series;

interface Metric {
  readonly kind: SeriesClass;
  readonly series: Map<string, Series>;
}

/** What a measurer gets once its metric has too many series: it measures on, nothing is kept. */
const DISCARD: CounterSink & Gauge & Histogram = {
  add: () => undefined,
  observeTotal: () => undefined,
  set: () => undefined,
  observe: () => undefined,
};

/** A counter that can also follow a total somebody else counts. */
export interface CounterSink extends Counter {
  observeTotal(total: number): void;
}

/**
 * All series of one resource. Looking a handle up costs a map access and is done once; recording through it costs a
 * fraction of a microsecond; `collect` costs the number of series.
 */
export class MetricRegistry implements MetricSink {
  readonly resource: Labels;
  private readonly clock: Clock;
  private readonly seriesLimit: number;
  private readonly metrics = new Map<string, Metric>();
  private readonly refused = new Map<string, Set<string>>();

  constructor(options: RegistryOptions) {
    this.resource = options.resource;
    this.clock = options.clock;
    this.seriesLimit = options.seriesLimit ?? DEFAULT_SERIES_LIMIT;
  }

  counter(name: string, labels: Labels = {}): CounterSink {
    const series = this.lookup(CounterSeries, name, labels);
    return series instanceof CounterSeries ? series : DISCARD;
  }

  gauge(name: string, labels: Labels = {}): Gauge {
    const series = this.lookup(GaugeSeries, name, labels);
    return series instanceof GaugeSeries ? series : DISCARD;
  }

  histogram(name: string, labels: Labels = {}): Histogram {
    const series = this.lookup(HistogramSeries, name, labels);
    return series instanceof HistogramSeries ? series : DISCARD;
  }

  /** All series as they are at `nowMs` (cumulative), in the order in which they were first looked up. */
  collect(nowMs: number, options: CollectOptions = {}): PointGroup {
    const points: Point[] = [];
    for (const metric of this.metrics.values()) {
      for (const series of metric.series.values()) {
        // Before `point`: a held gauge counts as observed in the minute that begins now, not in the one that ended.
        if (options.rollups) points.push(...series.rollups(nowMs));
        const point = series.point(nowMs);
        if (point) points.push(point);
      }
    }
    return { resource: this.resource, points };
  }

  /** Forgets series nobody has written to since `beforeMs`: those of an application that stopped reporting them. */
  prune(beforeMs: number): void {
    for (const [name, metric] of this.metrics) {
      for (const [key, series] of metric.series) if (series.touchedMs < beforeMs) metric.series.delete(key);
      if (metric.series.size === 0) this.metrics.delete(name);
    }
  }

  /** How many series of each metric were refused because the metric has too many; what they measured is not kept. */
  refusedSeries(): ReadonlyMap<string, number> {
    return new Map([...this.refused].map(([name, keys]) => [name, keys.size]));
  }

  private lookup(kind: SeriesClass, name: string, labels: Labels): Series | undefined {
    let metric = this.metrics.get(name);
    if (!metric) {
      metric = { kind, series: new Map() };
      this.metrics.set(name, metric);
    }
    if (metric.kind !== kind) {
      throw new Error(
        `Metric ${name} is a ${kindName(metric.kind)} and was asked for as a ${kindName(kind)}: use one kind per name.`,
      );
    }
    const key = seriesKey(name, labels);
    const known = metric.series.get(key);
    if (known) return known;
    if (metric.series.size >= this.seriesLimit) {
      this.refuse(name, key);
      return undefined;
    }
    const series = new kind({ name, labels }, this.clock);
    metric.series.set(key, series);
    return series;
  }

  private refuse(name: string, key: string): void {
    const keys = this.refused.get(name) ?? new Set();
    // Bounded like what it counts: past this the number only says "far too many".
    if (keys.size < this.seriesLimit) keys.add(key);
    this.refused.set(name, keys);
  }
}

function kindName(kind: SeriesClass): string {
  return kind.name.replace('Series', '').toLowerCase();
}
