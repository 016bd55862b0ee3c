import type { Labels, MetricBatch, Point } from '../../core/metrics/model.ts';

/** Who a thing belongs to, from the IoT registry: never from what a payload claims. */
export interface Owner {
  readonly tenant: string;
  readonly site: string;
}

/** A clock that runs ahead of the arrival by more than this is wrong (the architecture's two minutes). */
const TOLERATED_SKEW_MS = 120_000;

/** How far the agent's clock runs ahead of the arrival, milliseconds; 0 when it is within what is tolerated. */
export function clockSkewMs(batch: MetricBatch, arrivalMs: number): number {
  const ahead = batch.sentAtMs - arrivalMs;
  return ahead > TOLERATED_SKEW_MS ? ahead : 0;
}

/** The group's labels with the truth about its origin in place of any claim. */
export function stampLabels(labels: Labels, thing: string, owner: Owner, skewMs: number): Labels {
  const stamped: Record<string, string> = { ...labels, thing, tenant: owner.tenant, site: owner.site };
  if (skewMs > 0) stamped.clock = 'corrected';
  return stamped;
}

/** A point without labels that only ingest may set, its times set back by the skew. */
export function stampPoint(point: Point, skewMs: number): Point {
  const { thing, tenant, site, ...labels } = point.labels;
  if (skewMs === 0 && thing === undefined && tenant === undefined && site === undefined) return point;
  const timeMs = point.timeMs - skewMs;
  return point.kind === 'gauge'
    ? { ...point, labels, timeMs }
    : { ...point, labels, timeMs, startMs: point.startMs - skewMs };
}
