import { hashOf } from '../../core/hash.ts';
import { type Labels, seriesKey } from '../../core/metrics/model.ts';
import { metricNameOf } from '../../core/promql/matchers.ts';
import { neededSeries } from '../../core/promql/needed-series.ts';
import type { RecordedSample } from '../../core/rules/group.ts';
import type { RuleGroup } from '../../core/rules/model.ts';
import { watermarkOf } from '../../core/rules/watermark.ts';
import type { AlertsTable, Versioned } from '../shared/alerts-table.ts';

/**
 * What recording rules of the cloud made, for as long as some rule of the cloud looks back at it. The rule window holds two
 * hours of what agents send; a burn rate over three days is computed from what was recorded once an hour instead.
 * One document for each series, in the table `alerts`:
 *
 *     pk  RECORDED#slo:total:increase1h    the metric
 *     sk  3f9c2a17e0b4d851                 hash of the series
 */
export interface RecordedSeries {
  readonly labels: Labels;
  /** Time in ms and value, oldest first. Null: the series ended. As text what JSON has no number for: NaN, Infinity. */
  readonly samples: readonly (readonly [timeMs: number, value: number | string | null])[];
}

/** Of each metric the documents that the table has. */
export type Recordings = ReadonlyMap<string, readonly Versioned<RecordedSeries>[]>;

const partitionOf = (metric: string): string => `RECORDED#${metric}`;
const keyOf = (labels: Labels): string => hashOf(seriesKey('', labels), 16);

/** The names that the groups record. */
export function recordedNames(groups: readonly RuleGroup[]): ReadonlySet<string> {
  return new Set(
    groups.flatMap(({ rules }) => rules.filter(({ kind }) => kind === 'recording').map(({ name }) => name)),
  );
}

/** How far back the groups look at each of the series that they record, ms; those nobody looks at are left out. */
export function keptMs(groups: readonly RuleGroup[], lookbackMs: number): Map<string, number> {
  const recorded = recordedNames(groups);
  const kept = new Map<string, number>();
  for (const group of groups) {
    for (const rule of group.rules) {
      for (const [{ matchers }, { fromMs }] of neededSeries(rule.query, {
        startMs: 0,
        endMs: 0,
        stepMs: 0,
        lookbackMs,
      })) {
        const metric = metricNameOf(matchers);
        if (metric === undefined || !recorded.has(metric) || !Number.isFinite(fromMs)) continue;
        kept.set(metric, Math.max(watermarkOf(group, rule) - fromMs, kept.get(metric) ?? 0));
      }
    }
  }
  return kept;
}

export async function readRecordings(table: AlertsTable, metrics: Iterable<string>): Promise<Recordings> {
  const read = async (metric: string) => [metric, await table.list<RecordedSeries>(partitionOf(metric))] as const;
  return new Map(await Promise.all([...metrics].map(read)));
}

/** Adds what was recorded now to what there was. A sample at a time that is there already replaces it. */
export async function writeRecordings(
  table: AlertsTable,
  before: Recordings,
  made: readonly RecordedSample[],
  kept: ReadonlyMap<string, number>,
): Promise<void> {
  await Promise.all(
    made.map(async (sample) => {
      const keep = kept.get(sample.name);
      // Histograms are too large to be kept for days; rules record ratios and counts.
      if (keep === undefined || sample.histogram !== undefined) return;
      const sk = keyOf(sample.labels);
      const known = before.get(sample.name)?.find(({ document }) => keyOf(document.labels) === sk);
      const next = append(known?.document ?? { labels: sample.labels, samples: [] }, sample, keep);
      // Somebody who was faster has recorded the same.
      await table.put(partitionOf(sample.name), sk, next, known?.version);
    }),
  );
}

function append(series: RecordedSeries, { timeMs, value, stale }: RecordedSample, keep: number): RecordedSeries {
  const earlier = series.samples.filter(([at]) => at > timeMs - keep && at < timeMs);
  const stored = stale ? null : Number.isFinite(value) ? value : String(value);
  return { labels: series.labels, samples: [...earlier, [timeMs, stored]] };
}
