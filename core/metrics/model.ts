/**
 * One model of a metric, OpenTelemetry's: a *point* is one value of one series at one time.
 *
 * Names are Prometheus names with unit suffixes (`neural_signal_processing_duration_seconds`), times are epoch
 * milliseconds, values are in the unit the name says. Everything here is plain data: it can be stored, sent, compared.
 */

/** Label names to values. An empty value means the same as an absent label, as in Prometheus. */
export type Labels = Readonly<Record<string, string>>;

/** Buckets `offset, offset + 1, ...`: bucket `i` counts values in `(base^i, base^(i+1)]`, `base = 2^(2^-scale)`. */
export interface Buckets {
  readonly offset: number;
  readonly counts: readonly number[];
}

/**
 * A base-2 exponential histogram as plain data (OpenTelemetry data model, "ExponentialHistogram").
 * `min` and `max` are exact; they are absent when `count` is 0 or when a merge met a histogram without them.
 */
export interface ExponentialHistogram {
  /** Resolution, -10 to 20: relative error of a quantile is at most `(base - 1) / (base + 1)`. */
  readonly scale: number;
  readonly count: number;
  readonly sum: number;
  readonly min?: number;
  readonly max?: number;
  /** Values whose magnitude is at most `zeroThreshold`. */
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: Buckets;
  readonly negative: Buckets;
}

/** A value that goes up and down. */
export interface GaugePoint {
  readonly kind: 'gauge';
  readonly name: string;
  readonly labels: Labels;
  readonly timeMs: number;
  readonly value: number;
}

/** A value that only goes up, cumulative since `startMs` (a restart of the process starts anew at 0). */
export interface CounterPoint {
  readonly kind: 'counter';
  readonly name: string;
  readonly labels: Labels;
  readonly startMs: number;
  readonly timeMs: number;
  readonly value: number;
}

/** A distribution, cumulative since `startMs`. */
export interface HistogramPoint {
  readonly kind: 'histogram';
  readonly name: string;
  readonly labels: Labels;
  readonly startMs: number;
  readonly timeMs: number;
  readonly histogram: ExponentialHistogram;
}

/**
 * The exact one-minute roll-up of a gauge or a histogram: the distribution (count, sum, min, max, buckets) of what was
 * observed in `(startMs, timeMs]`, a whole minute of the clock. Made where the observations are, at the edge, because
 * an average of percentiles is not a percentile. A counter needs none: its last point of the minute is its roll-up.
 */
export interface RollupPoint {
  readonly kind: 'rollup';
  readonly name: string;
  readonly labels: Labels;
  readonly startMs: number;
  readonly timeMs: number;
  readonly histogram: ExponentialHistogram;
}

export type Point = GaugePoint | CounterPoint | HistogramPoint | RollupPoint;

/**
 * What one agent sends in one message. Series that share `resource` labels are grouped: that is what makes OTLP small.
 * A point's full labels are `{...resource, ...point.labels}`; see `fullLabels`.
 */
export interface MetricBatch {
  /** Identity of this run of the agent: changes with every start. */
  readonly boot: string;
  /** 1, 2, 3, ... within a boot. `{boot, seq}` names the message in store acknowledgements. */
  readonly seq: number;
  /** The agent's clock when the message was made. */
  readonly sentAtMs: number;
  /** Asks ingest to acknowledge at once instead of within its usual minute (re-sends, shutdown). */
  readonly ackRequested: boolean;
  readonly groups: readonly PointGroup[];
}

export interface PointGroup {
  /** Labels shared by the whole group: `job`, `instance`, `device_id`, `device_type`, ... */
  readonly resource: Labels;
  readonly points: readonly Point[];
}

export function fullLabels(resource: Labels, labels: Labels): Labels {
  return { ...resource, ...labels };
}

/** A stable text that identifies a series: the name and the labels in order of their names. */
export function seriesKey(name: string, labels: Labels): string {
  let key = name;
  for (const label of Object.keys(labels).sort()) {
    const value = labels[label];
    if (value !== '' && value !== undefined) key += `\u0000${label}\u0001${value}`;
  }
  return key;
}
