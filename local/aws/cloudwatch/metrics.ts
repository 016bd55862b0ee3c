/** The figures of one metric in one minute. */
export interface Statistics {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface Period extends Statistics {
  /** Begin of the period, epoch milliseconds. */
  readonly startMs: number;
}

const MINUTE_MS = 60_000;
/** CloudWatch keeps minutes for 15 days; a twin that runs on keeps two. */
const KEPT_MS = 2 * 24 * 3_600_000;

/** Custom metrics, summed up by the minute as CloudWatch keeps them. */
export class Metrics {
  readonly #metrics = new Map<string, { readonly metric: Metric; readonly minutes: Map<number, Statistics> }>();

  add(metric: Metric, timeMs: number, added: Statistics): void {
    const key = keyOf(metric);
    const stored = this.#metrics.get(key) ?? { metric, minutes: new Map<number, Statistics>() };
    this.#metrics.set(key, stored);
    const minute = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
    stored.minutes.set(minute, combined(stored.minutes.get(minute), added));
    const [oldest] = stored.minutes.keys();
    if (oldest !== undefined && oldest < minute - KEPT_MS) stored.minutes.delete(oldest);
  }

  list(): readonly Metric[] {
    return [...this.#metrics.values()].map(({ metric }) => metric);
  }

  /** The metric's figures in `[fromMs, toMs)`, in order, by periods that begin at multiples of their length. */
  periods(metric: Metric, fromMs: number, toMs: number, periodMs: number): Period[] {
    const periods = new Map<number, Statistics>();
    const minutes = [...(this.#metrics.get(keyOf(metric))?.minutes ?? [])].sort(([a], [b]) => a - b);
    for (const [minute, statistics] of minutes) {
      if (minute < fromMs || minute >= toMs) continue;
      const startMs = Math.floor(minute / periodMs) * periodMs;
      periods.set(startMs, combined(periods.get(startMs), statistics));
    }
    return [...periods].map(([startMs, statistics]) => ({ startMs, ...statistics }));
  }
}

/** @throws RangeError for a statistic that needs every single value, such as a percentile */
export function statistic({ count, sum, min, max }: Statistics, name: string): number {
  switch (name) {
    case 'SampleCount':
      return count;
    case 'Sum':
      return sum;
    case 'Average':
      return sum / count;
    case 'Minimum':
      return min;
    case 'Maximum':
      return max;
    default:
      throw new RangeError(
        `The twin's CloudWatch has no statistic ${name}; it has SampleCount, Sum, Average, Minimum, Maximum.`,
      );
  }
}

/** What single values, each so many times, add up to. */
export function statisticsOf(values: readonly number[], counts: readonly number[] = values.map(() => 1)): Statistics {
  return {
    count: counts.reduce((sum, count) => sum + count, 0),
    sum: values.reduce((sum, value, i) => sum + value * (counts[i] ?? 1), 0),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

function combined(known: Statistics | undefined, added: Statistics): Statistics {
  if (!known) return added;
  return {
    count: known.count + added.count,
    sum: known.sum + added.sum,
    min: Math.min(known.min, added.min),
    max: Math.max(known.max, added.max),
  };
}

function keyOf({ namespace, name, dimensions }: Metric): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
