import type { MetricBatch, Point } from '../../core/metrics/model.ts';
import type { MetricStore, RefusedPoint, StampedGroup, StampedPoint } from '../shared/stores/metric-store.ts';
import type { Acknowledgements } from './acknowledgements.ts';
import type { createIntervals } from './intervals.ts';
import { clockSkewMs, type Owner, stampLabels, stampPoint } from './stamp.ts';
import { whyInvalid } from './validate.ts';

/** One message and where it came from: `thing` is the partition key, which the topic and the certificate prove. */
export interface Arrival {
  readonly thing: string;
  readonly arrivalMs: number;
  readonly batch: MetricBatch;
}

/** Objects that outlive the store's memory. Keys name the message, so writing one again replaces it by itself. */
export interface Archive {
  /** Points older than the store accepts. */
  archive(arrival: Arrival, points: readonly RefusedPoint[]): Promise<void>;
  /** Points that can never be stored, each with its reason. */
  reject(arrival: Arrival, points: readonly RefusedPoint[]): Promise<void>;
}

export interface IngestPorts {
  readonly store: MetricStore;
  readonly archive: Archive;
  readonly ownerOf: (thing: string) => Promise<Owner>;
  readonly intervals: ReturnType<typeof createIntervals>;
  readonly acknowledgements: Acknowledgements;
  /** Keeps the latest values of the series that cloud rules select. */
  readonly keepForRules: (groups: readonly StampedGroup[]) => Promise<void>;
  readonly nowMs: () => number;
}

export interface IngestOutcome {
  readonly stored: number;
  readonly archived: number;
  readonly rejected: number;
  readonly skewMs: number;
  /** Time of the newest point: how old it is now that it is stored says how far a dashboard lags. */
  readonly newestMs: number;
  readonly points: readonly Point[];
}

/**
 * Stores one message: validate, stamp, write, archive what is too old, park what is wrong, then acknowledge.
 * Each point ends in exactly one place, and doing it all again changes nothing.
 * @throws StoreUnavailable (and errors of the archive) when the message must be delivered again
 */
export async function ingest(arrival: Arrival, ports: IngestPorts): Promise<IngestOutcome> {
  const { batch, thing, arrivalMs } = arrival;
  const skewMs = clockSkewMs(batch, arrivalMs);
  // Percentiles of an interval need the messages of a thing in order, so they are taken before the first await.
  const { groups: unstamped, invalid } = examine(batch, thing, skewMs, ports.intervals);
  const owner = await ports.ownerOf(thing);
  const groups = unstamped.map((group) => ({ ...group, resource: stampLabels(group.resource, thing, owner, skewMs) }));

  const written = await ports.store.write(groups);
  const rejected = [...invalid, ...written.rejected];
  await Promise.all([
    written.tooOld.length > 0 ? ports.archive.archive(arrival, written.tooOld) : undefined,
    rejected.length > 0 ? ports.archive.reject(arrival, rejected) : undefined,
    ports.keepForRules(groups),
  ]);
  ports.acknowledgements.stored(thing, batch.boot, batch.seq, ports.nowMs(), batch.ackRequested);
  const points = groups.flatMap((group) => group.points);
  return {
    stored: written.stored,
    archived: written.tooOld.length,
    rejected: rejected.length,
    skewMs,
    newestMs: points.reduce((newest, { timeMs }) => Math.max(newest, timeMs), 0),
    points,
  };
}

function examine(batch: MetricBatch, thing: string, skewMs: number, intervals: IngestPorts['intervals']) {
  const invalid: RefusedPoint[] = [];
  const groups = batch.groups.map(({ resource, points }): StampedGroup => {
    const valid: StampedPoint[] = [];
    for (const raw of points) {
      const reason = whyInvalid(raw, resource);
      if (reason !== undefined) {
        invalid.push({ resource, point: raw, reason });
        continue;
      }
      const point = stampPoint(raw, skewMs);
      if (point.kind !== 'histogram') valid.push(point);
      else {
        const interval = intervals({ ...resource, thing }, point);
        valid.push(interval ? { ...point, interval } : point);
      }
    }
    return { resource, points: valid };
  });
  return { groups: groups.filter((group) => group.points.length > 0), invalid };
}
