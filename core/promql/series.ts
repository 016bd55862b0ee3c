import type { ExponentialHistogram, Labels } from '../metrics/model.ts';
import type { Matcher } from './matchers.ts';

/**
 * A native histogram as the engine computes with it: an exponential histogram, or (`customBounds`) one with the given
 * bucket boundaries, whose bucket `i` counts values in `(customBounds[i - 1], customBounds[i]]`, the last one `+Inf`.
 * Counts may be fractions: `rate` makes such.
 */
export interface NativeHistogram extends ExponentialHistogram {
  readonly customBounds?: readonly number[];
  /** What is known about resets of the counter before this sample; absent: nothing, so the counts are compared. */
  readonly resetHint?: 'reset' | 'not-reset' | 'gauge';
}

/** One sample: a float, or a native histogram (then `value` is not looked at), or the mark that the series ended. */
export interface Sample {
  readonly timeMs: number;
  readonly value: number;
  readonly histogram?: NativeHistogram | undefined;
  /** A staleness marker: from here on an instant selector no longer finds the series. */
  readonly stale?: boolean;
}

export interface Series {
  /** All labels, the metric's name as `__name__`. */
  readonly labels: Labels;
  /** In ascending order of time, one per time. May hold more than was asked for: the engine looks only at its window. */
  readonly samples: readonly Sample[];
}

/**
 * Where the engine's series come from. Synchronous: who has to fetch, fetches first (`neededSeries` tells what).
 */
export interface SeriesSource {
  /** Series that satisfy all matchers and have samples in `(fromMs, toMs]`, in any order. */
  select(matchers: readonly Matcher[], fromMs: number, toMs: number): Iterable<Series>;
}

/** How many of the samples are at or before `timeMs`: the index after the last of them. */
export function countUntil(samples: readonly Sample[], timeMs: number): number {
  let high = samples.length;
  if (high === 0 || (samples[high - 1] as Sample).timeMs <= timeMs) return high;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((samples[middle] as Sample).timeMs <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
