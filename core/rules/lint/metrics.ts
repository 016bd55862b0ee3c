import { catalogue, type MetricDescriptor, type MetricKind } from '../../metrics/catalogue.ts';
import { OUTLIER_SCORE } from '../../outliers/score.ts';
import { CLASSIC_SUFFIX } from '../cloud-series.ts';
import type { RecordingRule } from '../model.ts';

/** What is known of metrics by their names: those of the catalogue, and those that rules record. */
export interface Metrics {
  readonly recorded: ReadonlyMap<string, readonly RecordingRule[]>;
}

/** A selected series of the catalogue: a histogram's classic parts are counters. */
export interface KnownMetric {
  readonly descriptor: MetricDescriptor;
  readonly kind: MetricKind;
  /** `_bucket`, `_sum` or `_count` of a histogram. */
  readonly part?: string;
  /** Measured by our agent, so that labels and intervals are known; applications may add labels of their own. */
  readonly isOurs: boolean;
}

/** Prometheus' own series, which every rule may select. */
export const BUILT_IN: ReadonlySet<string> = new Set(['up', 'ALERTS', 'ALERTS_FOR_STATE', 'scrape_duration_seconds']);

const APPLICATION = /^(http_|neural_db_|cache_)/;
/** Gauges from 0 to 1. */
const RATIO = /_(ratio|score|contact|connected)$/;

export function knownMetric(name: string): KnownMetric | undefined {
  const descriptor = catalogue[name];
  const isOurs = !APPLICATION.test(name) && !BUILT_IN.has(name);
  if (descriptor) return { descriptor, kind: descriptor.kind, isOurs };
  const part = CLASSIC_SUFFIX.exec(name)?.[0];
  const histogram = part === undefined ? undefined : catalogue[name.slice(0, -part.length)];
  if (part === undefined || histogram?.kind !== 'histogram') return undefined;
  return { descriptor: histogram, kind: 'counter', part, isOurs };
}

/** The `job` that an agent gives to what it measures; a text that is no job for what comes from several. */
export function jobOf(name: string): string | undefined {
  if (name.startsWith('node_')) return 'node';
  if (name.startsWith('process_')) return 'edge-agent or an application';
  if (name.startsWith('nsmon_agent_')) return 'edge-agent';
  return /^neural_(?!db_|monitor_)/.test(name) ? 'neural' : undefined;
}

/** Smallest and largest value that a series of this name can have. */
export function valuesOf(name: string): readonly [low: number, high: number] {
  if (name === 'up') return [0, 1];
  if (name === 'ALERTS') return [1, 1];
  const known = knownMetric(name);
  if (!known || known.kind === 'histogram' || name === OUTLIER_SCORE)
    return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  // Everything in the catalogue counts, lasts or weighs something, but for what compares.
  if (known.kind === 'gauge' && RATIO.test(name)) return [0, 1];
  return [0, Number.POSITIVE_INFINITY];
}
