import { hashOf } from '../../core/hash.ts';
import type { CounterPoint, GaugePoint, HistogramPoint, Labels } from '../../core/metrics/model.ts';
import { seriesKey } from '../../core/metrics/model.ts';

/**
 * The rule window: the latest values of just the series that cloud rules select, one item per metric, minute and
 * series. `ingest` writes it, `evaluate-rules` reads it, both through this file, so that no rule ever polls the store.
 *
 *     pk  neural_device_connected#1795430460000      metric and minute (epoch ms)
 *     sk  3f9c2a17e0b4d851                           hash of the series
 */
export interface RuleWindowItem {
  readonly pk: string;
  readonly sk: string;
  readonly name: string;
  /** All labels, those of the resource and the stamped ones included. */
  readonly labels: Labels;
  readonly timeMs: number;
  readonly kind: 'gauge' | 'counter' | 'histogram';
  /** Of a gauge or a counter. As text where DynamoDB has no number for it: NaN, +Inf, -Inf. */
  readonly value?: number | string;
  /** Of a histogram: the exponential histogram as JSON. */
  readonly histogram?: string;
  /** Of a counter or a histogram: when the accumulation began. */
  readonly startMs?: number;
  /** When it was written, epoch ms: a rule with a watermark tells by it what came too late. */
  readonly arrivedMs?: number;
  /** When DynamoDB may delete it, epoch seconds. */
  readonly expiresAt: number;
}

/** The points a window keeps: a roll-up is made of points that are kept already. */
export type WindowPoint = (GaugePoint | CounterPoint | HistogramPoint) & { readonly arrivedMs?: number };

const MINUTE_MS = 60_000;
/** How long an item is kept: longer than the longest range a cloud rule may ask for (one hour). */
const KEPT_SECONDS = 2 * 3600;

function partitionOf(metric: string, timeMs: number): string {
  return `${metric}#${Math.floor(timeMs / MINUTE_MS) * MINUTE_MS}`;
}

/** The partitions that hold a metric's points in `(fromMs, toMs]`. */
export function partitionsOf(metric: string, fromMs: number, toMs: number): string[] {
  const partitions = [];
  for (let minute = Math.floor(fromMs / MINUTE_MS); minute <= Math.floor(toMs / MINUTE_MS); minute += 1) {
    partitions.push(partitionOf(metric, minute * MINUTE_MS));
  }
  return partitions;
}

/** @param labels all labels of the series, as stamped: those of the point alone are not its identity */
export function toItem(point: WindowPoint, labels: Labels, arrivedMs?: number): RuleWindowItem {
  const { name, timeMs } = point;
  const item = {
    pk: partitionOf(name, timeMs),
    sk: hashOf(seriesKey(name, labels), 16),
    name,
    labels,
    timeMs,
    ...(arrivedMs === undefined ? {} : { arrivedMs }),
    expiresAt: Math.ceil(timeMs / 1000) + KEPT_SECONDS,
  };
  switch (point.kind) {
    case 'gauge':
      return { ...item, kind: 'gauge', value: storable(point.value) };
    case 'counter':
      return { ...item, kind: 'counter', value: storable(point.value), startMs: point.startMs };
    case 'histogram':
      return { ...item, kind: 'histogram', histogram: JSON.stringify(point.histogram), startMs: point.startMs };
  }
}

/** The point with all labels, as `toItem` was given it. */
export function fromItem(item: RuleWindowItem): WindowPoint {
  const { arrivedMs } = item;
  return arrivedMs === undefined ? pointOf(item) : { ...pointOf(item), arrivedMs };
}

function pointOf(item: RuleWindowItem): WindowPoint {
  const { name, labels, timeMs } = item;
  switch (item.kind) {
    case 'gauge':
      return { kind: 'gauge', name, labels, timeMs, value: Number(item.value) };
    case 'counter':
      return { kind: 'counter', name, labels, timeMs, startMs: item.startMs ?? timeMs, value: Number(item.value) };
    case 'histogram':
      return {
        kind: 'histogram',
        name,
        labels,
        timeMs,
        startMs: item.startMs ?? timeMs,
        histogram: JSON.parse(item.histogram ?? '') as HistogramPoint['histogram'],
      };
  }
}

/** DynamoDB numbers have 38 digits and magnitudes from 1e-130 to 9.9e125; what lies outside is kept as text. */
function storable(value: number): number | string {
  const magnitude = Math.abs(value);
  return value === 0 || (magnitude >= 1e-130 && magnitude < 9.9e125) ? value : String(value);
}
