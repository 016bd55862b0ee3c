import { classicBoundaries } from '../../core/metrics/catalogue.ts';
import type { Labels } from '../../core/metrics/model.ts';
import { OUTLIER_SCORE } from '../../core/outliers/score.ts';
import { metricNameOf } from '../../core/promql/matchers.ts';
import { neededSeries } from '../../core/promql/needed-series.ts';
import type { SeriesSource } from '../../core/promql/series.ts';
import { classicView } from '../../core/promql/source-classic.ts';
import { MemorySeriesSource } from '../../core/promql/source-memory.ts';
import type { RuleGroup } from '../../core/rules/model.ts';
import { cloudRecorded, plan } from '../../core/rules/plan.ts';
import { parseRuleFile } from '../../core/rules/rule-file.ts';
import { watermarkOf } from '../../core/rules/watermark.ts';
import type { WindowPoint } from '../shared/rule-window.ts';
import type { ScoreSeries } from './outliers.ts';
import { type Recordings, recordedNames } from './recordings.ts';

/** Series that live nowhere: made of the leases at each evaluation. */
const LAST_SEEN = 'nsmon_agent_last_seen_timestamp_seconds';
/** Series that `ingest` never sees, because they are made here. */
const MADE_HERE: ReadonlySet<string> = new Set([LAST_SEEN, OUTLIER_SCORE]);

/** Cloud rules are evaluated once a minute, so an instant selector must look back further than that. */
export const LOOKBACK_MS = 5 * 60_000;

const CLASSIC_SUFFIX = /_(bucket|sum|count)$/;

/**
 * The groups of the rule files with just the rules that are planned for the cloud; groups without one are left out.
 * Names of groups are made unique by their file, as two files may each have a group `neural`.
 */
export function cloudGroups(texts: ReadonlyMap<string, string>): RuleGroup[] {
  const groups = [...texts].flatMap(([file, text]) =>
    parseRuleFile(text, file).map((group) => ({ ...group, name: `${file}/${group.name}` })),
  );
  const recorded = cloudRecorded(groups.flatMap(({ rules }) => rules));
  return groups
    .map((group) => ({ ...group, rules: group.rules.filter((rule) => plan(rule, recorded).where === 'cloud') }))
    .filter(({ rules }) => rules.length > 0);
}

/** For each metric that the groups select, the time from which on they need it at `nowMs`. */
export function neededFrom(groups: readonly RuleGroup[], nowMs: number): Map<string, number> {
  const needed = new Map<string, number>();
  const recorded = recordedNames(groups);
  for (const group of groups) {
    for (const rule of group.rules) {
      const at = nowMs - watermarkOf(group, rule);
      const times = { startMs: at, endMs: at, stepMs: 0, lookbackMs: LOOKBACK_MS };
      for (const [{ matchers }, { fromMs }] of neededSeries(rule.query, times)) {
        const metric = metricNameOf(matchers);
        if (metric === undefined || MADE_HERE.has(metric) || recorded.has(metric)) continue;
        for (const name of new Set([metric, metric.replace(CLASSIC_SUFFIX, '')])) {
          needed.set(name, Math.min(fromMs, needed.get(name) ?? fromMs));
        }
      }
    }
  }
  return needed;
}

/** When a sender was last heard of, and whose it is. */
export interface LastSeen {
  readonly labels: Labels;
  readonly lastSeenMs: number;
}

/**
 * What the rules look at: the points of the rule window, what was recorded, and the leases and the scores
 * of the fleet at each of `timesMs` (in order).
 */
export function seriesOf(
  points: readonly WindowPoint[],
  seen: readonly LastSeen[],
  timesMs: readonly number[],
  recordings: Recordings = new Map(),
  outliers: readonly ScoreSeries[] = [],
): SeriesSource {
  const memory = new MemorySeriesSource();
  for (const [name, series] of recordings) {
    for (const { labels, samples } of series.map(({ document }) => document)) {
      for (const [timeMs, value] of samples) {
        if (value === null) memory.markStale(name, labels, timeMs);
        else memory.append(name, labels, timeMs, Number(value));
      }
    }
  }
  for (const point of [...points].sort((a, b) => a.timeMs - b.timeMs)) {
    const value = point.kind === 'histogram' ? point.histogram : point.value;
    memory.append(point.name, point.labels, point.timeMs, value);
  }
  for (const { labels, lastSeenMs } of seen) {
    for (const timeMs of timesMs) memory.append(LAST_SEEN, labels, timeMs, lastSeenMs / 1000);
  }
  for (const { labels, score } of outliers) {
    for (const timeMs of timesMs) memory.append(OUTLIER_SCORE, labels, timeMs, score);
  }
  return classicView(memory, classicBoundaries);
}
