import type { Labels, Point } from '../../../core/metrics/model.ts';

/** Points of one message that share labels, with everything ingest knows about their origin in `resource`. */
export interface StampedGroup {
  readonly resource: Labels;
  readonly points: readonly StampedPoint[];
}

/** A point, and for cumulative histograms the percentiles of just the interval since the point before. */
export type StampedPoint = Point & { readonly interval?: IntervalPercentiles };

export interface IntervalPercentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Where a point went. Every point of a write is in exactly one of the three. */
export interface WriteResult {
  readonly stored: number;
  /** Older than the store accepts: the caller archives them. */
  readonly tooOld: readonly RefusedPoint[];
  /** What the store will never accept, and why. */
  readonly rejected: readonly RefusedPoint[];
}

export interface RefusedPoint {
  readonly resource: Labels;
  readonly point: Point;
  readonly reason: string;
}

/**
 * The metric store. Writing the same points again changes nothing, so a caller may retry a whole message.
 * @throws StoreUnavailable when the same write may succeed later
 */
export interface MetricStore {
  write(groups: readonly StampedGroup[]): Promise<WriteResult>;
}

/** Throttled, unreachable, or failing on its side: retry the whole message. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
