import { PRICES } from '../../core/costs/prices.ts';
import { environments } from '../../lib/environments.ts';

/**
 * What the metric store costs a month in us-east-1, by its list prices. The other parts of the system cost the same with
 * either store; see docs/architecture.md.
 */
export interface FleetSize {
  readonly devices: number;
  /** Series a device sends. */
  readonly seriesPerDevice: number;
  readonly intervalSeconds: number;
}

export interface StoreCost {
  readonly store: 'timestream' | 'prometheus';
  readonly usdPerMonth: number;
  readonly parts: Readonly<Record<string, number>>;
}

const HOURS = 730;
const SECONDS = HOURS * 3600;

/** Timestream charges for so much at least, GB. */
const TIMESTREAM_MAGNETIC_LEAST_GB = 100;

/** Measured on our own messages: a record of one point with its labels in common attributes. */
const TIMESTREAM_BYTES_PER_POINT = 70;
const TIMESTREAM_STORED_BYTES_PER_POINT = 120;
/** Of the points of a series, what its roll-ups add: one a minute, beside one every ten seconds or so. */
const ROLLUPS_PER_MINUTE = 1;
/** A dashboard open eight hours every working day wakes 4 compute units for about a quarter of that time. */
const TIMESTREAM_QUERY_HOURS = 8 * 22 * 0.25;
const TIMESTREAM_QUERY_UNITS = 4;
/** Free every month. */
const PROMETHEUS_FREE_SAMPLES = 40e6;
const PROMETHEUS_FREE_GB = 10;
const PROMETHEUS_BYTES_PER_SAMPLE = 2;
const PROMETHEUS_RETENTION_MONTHS = 5;

export function storeCosts(fleet: FleetSize): [timestream: StoreCost, prometheus: StoreCost] {
  const messages = (fleet.devices * SECONDS) / fleet.intervalSeconds;
  const points = messages * fleet.seriesPerDevice;
  return [timestream(fleet, messages, points), prometheus(points)];
}

function timestream(fleet: FleetSize, messages: number, points: number): StoreCost {
  const kibPerMessage = Math.ceil((fleet.seriesPerDevice * TIMESTREAM_BYTES_PER_POINT) / 1024);
  const { rawMemoryHours, rawRetentionDays, rollupMemoryHours, rollupRetentionDays } = environments.prod;
  const rawGBPerHour = (points / HOURS) * (TIMESTREAM_STORED_BYTES_PER_POINT / 1e9);
  const rollupGBPerHour = (rawGBPerHour * ROLLUPS_PER_MINUTE * fleet.intervalSeconds) / 60;
  const memoryGB = rawGBPerHour * rawMemoryHours + rollupGBPerHour * rollupMemoryHours;
  const keptGB = 24 * (rawGBPerHour * rawRetentionDays + rollupGBPerHour * rollupRetentionDays);
  const magneticGB = Math.max(TIMESTREAM_MAGNETIC_LEAST_GB, keptGB);
  return total('timestream', {
    writes: (messages * kibPerMessage * PRICES.timestreamWrite.usd) / 1e6,
    memory: memoryGB * PRICES.timestreamMemory.usd * HOURS,
    magnetic: magneticGB * PRICES.timestreamMagnetic.usd,
    queries: TIMESTREAM_QUERY_HOURS * TIMESTREAM_QUERY_UNITS * PRICES.timestreamCompute.usd,
  });
}

function prometheus(points: number): StoreCost {
  const storedGB = (points * PROMETHEUS_BYTES_PER_SAMPLE * PROMETHEUS_RETENTION_MONTHS) / 1e9;
  return total('prometheus', {
    ingestion: (Math.max(0, points - PROMETHEUS_FREE_SAMPLES) / 10e6) * PRICES.prometheusSamples.usd,
    storage: Math.max(0, storedGB - PROMETHEUS_FREE_GB) * PRICES.prometheusStorage.usd,
  });
}

function total(store: StoreCost['store'], parts: Record<string, number>): StoreCost {
  return { store, parts, usdPerMonth: Object.values(parts).reduce((sum, part) => sum + part, 0) };
}
