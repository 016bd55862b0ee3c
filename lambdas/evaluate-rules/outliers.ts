import type { Labels } from '../../core/metrics/model.ts';
import type { Cell } from '../../core/outliers/cell.ts';
import { OUTLIER_SCORE, OUTLIER_SOURCE, outlierScores } from '../../core/outliers/score.ts';
import { metricNameOf } from '../../core/promql/matchers.ts';
import type { RuleGroup } from '../../core/rules/model.ts';
import { selectors } from '../../core/rules/selectors.ts';
import type { AlertsTable, Versioned } from '../shared/alerts-table.ts';
import type { WindowPoint } from '../shared/rule-window.ts';

/**
 * Once an hour: adds what agents recorded of their channels to what is known of each device, and compares the fleet.
 *
 *     pk        sk            document
 *     QUALITY   <device>      DeviceQuality: its days, by subject and channel, for 30 days
 *     OUTLIERS  scores        Scores: what was found, until the next hour
 */
export interface DeviceQuality {
  readonly labels: Labels;
  /** Points up to here are in it: folding them in again would count them twice. */
  readonly foldedToMs: number;
  readonly days: readonly QualityDay[];
}

interface QualityDay {
  /** Days since 1970. */
  readonly day: number;
  readonly subject: string;
  readonly channel: string;
  /** Values, one in ten minutes. */
  readonly count: number;
  readonly sum: number;
}

interface Scores {
  readonly atMs: number;
  readonly series: readonly ScoreSeries[];
}

export interface ScoreSeries {
  readonly labels: Labels;
  readonly score: number;
}

export interface OutlierPorts {
  readonly table: AlertsTable;
  readonly rules: readonly RuleGroup[];
  readonly readWindow: (metric: string, fromMs: number, toMs: number) => Promise<readonly WindowPoint[]>;
}

const QUALITY = 'QUALITY';
const OUTLIERS = 'OUTLIERS';
const SCORES = 'scores';
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const KEPT_DAYS = 30;
/** What the rule window still has. */
const WINDOW_MS = 2 * HOUR_MS - 600_000;
/** A subject wore the device at least so long: 20 minutes. */
const LEAST_VALUES = 2;

/** The scores as they are now; none when no rule looks at them: then nothing is read. */
export async function fleetOutliers(
  { table, rules, readWindow }: OutlierPorts,
  nowMs: number,
): Promise<readonly ScoreSeries[]> {
  const isAsked = rules.some((group) =>
    group.rules.some((rule) => selectors(rule).some((matchers) => metricNameOf(matchers) === OUTLIER_SCORE)),
  );
  if (!isAsked) return [];
  const before = await table.get<Scores>(OUTLIERS, SCORES);
  const slotMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  if (before && before.document.atMs >= slotMs) return before.document.series;
  const points = await readWindow(OUTLIER_SOURCE, nowMs - WINDOW_MS, nowMs);
  const known = new Map((await table.list<DeviceQuality>(QUALITY)).map((item) => [keyOf(item.document.labels), item]));
  const devices = await fold(table, known, points, nowMs);
  const series = compare(devices);
  await table.put<Scores>(OUTLIERS, SCORES, { atMs: slotMs, series }, before?.version);
  return series;
}

/** A device is known by its own name, wherever it is plugged in. */
function keyOf({ tenant = '', device_id = '' }: Labels): string {
  return `${tenant}/${device_id}`;
}

async function fold(
  table: AlertsTable,
  known: ReadonlyMap<string, Versioned<DeviceQuality>>,
  points: readonly WindowPoint[],
  nowMs: number,
): Promise<readonly DeviceQuality[]> {
  const arrived = new Map<string, WindowPoint[]>();
  for (const point of points) {
    const key = keyOf(point.labels);
    const own = arrived.get(key);
    if (own) own.push(point);
    else arrived.set(key, [point]);
  }
  const untouched = [...known].filter(([key]) => !arrived.has(key)).map(([, { document }]) => document);
  const touched = await Promise.all(
    [...arrived].map(async ([key, own]) => {
      const before = known.get(key);
      const next = addPoints(before?.document, own, nowMs);
      await table.put(QUALITY, key, next, before?.version);
      return next;
    }),
  );
  return [...untouched, ...touched];
}

/** What is known of a device, with these points of it. */
export function addPoints(
  before: DeviceQuality | undefined,
  points: readonly WindowPoint[],
  nowMs: number,
): DeviceQuality {
  const foldedToMs = before?.foldedToMs ?? 0;
  const oldest = Math.floor(nowMs / DAY_MS) - KEPT_DAYS;
  const days = new Map<string, QualityDay>();
  const add = (one: QualityDay): void => {
    const key = JSON.stringify([one.day, one.subject, one.channel]);
    const { count = 0, sum = 0 } = days.get(key) ?? {};
    days.set(key, { ...one, count: count + one.count, sum: sum + one.sum });
  };
  for (const one of before?.days ?? []) if (one.day > oldest) add(one);
  let newest = points[0];
  for (const point of points) {
    const { subject, channel } = point.labels;
    if (point.kind !== 'gauge' || point.timeMs <= foldedToMs || !subject || !channel) continue;
    add({ day: Math.floor(point.timeMs / DAY_MS), subject, channel, count: 1, sum: point.value });
    if (!newest || point.timeMs > newest.timeMs) newest = point;
  }
  const { tenant, site, thing, device_id, device_type } = newest?.labels ?? {};
  const labels = Object.entries({ tenant, site, thing, device_id, device_type }).filter(([, value]) => value);
  return {
    labels: newest ? Object.fromEntries(labels as [string, string][]) : (before?.labels ?? {}),
    foldedToMs: Math.max(foldedToMs, newest?.timeMs ?? 0),
    days: [...days.values()],
  };
}

/** Devices of one kind and tenant, channel by channel. */
export function compare(devices: readonly DeviceQuality[]): readonly ScoreSeries[] {
  const tables = new Map<string, { readonly shared: Labels; readonly cells: Cell[] }>();
  const labelsOf = new Map<string, Labels>();
  for (const { labels, days } of devices) {
    const device = keyOf(labels);
    labelsOf.set(device, labels);
    for (const { subject, channel, quality } of means(days)) {
      const { tenant = '', device_type = '' } = labels;
      const key = JSON.stringify([tenant, device_type, channel]);
      const table = tables.get(key) ?? { shared: { tenant, device_type, channel }, cells: [] };
      table.cells.push({ device, subject, quality });
      tables.set(key, table);
    }
  }
  return [...tables.values()].flatMap(({ shared, cells }) =>
    outlierScores(cells).map(({ cause, name, score }) => ({
      labels: { ...shared, cause, ...(cause === 'device' ? labelsOf.get(name) : { subject: name }) },
      score,
    })),
  );
}

/** Over all days, by subject and channel. */
function means(days: readonly QualityDay[]) {
  const sums = new Map<string, { subject: string; channel: string; count: number; sum: number }>();
  for (const { subject, channel, count, sum } of days) {
    const key = JSON.stringify([subject, channel]);
    const before = sums.get(key);
    sums.set(key, { subject, channel, count: count + (before?.count ?? 0), sum: sum + (before?.sum ?? 0) });
  }
  return [...sums.values()]
    .filter(({ count }) => count >= LEAST_VALUES)
    .map(({ subject, channel, count, sum }) => ({ subject, channel, quality: sum / count }));
}
