import type { Point } from '../../core/metrics/model.ts';

/** One CloudWatch statistic set of the whole fleet for one minute. */
export interface Kpi {
  readonly name: string;
  readonly unit: 'None' | 'Seconds' | 'Count';
  readonly minuteMs: number;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** The fleet's key figures: few, and without labels, because CloudWatch bills every combination of dimensions. */
const KPIS: Readonly<Record<string, Pick<Kpi, 'name' | 'unit'>>> = {
  neural_data_quality_score: { name: 'DataQualityScore', unit: 'None' },
  neural_device_connected: { name: 'DeviceConnected', unit: 'None' },
  neural_device_connection_stability_ratio: { name: 'ConnectionStability', unit: 'None' },
  neural_device_error_rate_ratio: { name: 'DeviceErrorRate', unit: 'None' },
  neural_signal_processing_duration_seconds: { name: 'SignalProcessingDuration', unit: 'Seconds' },
  neural_feature_extraction_duration_seconds: { name: 'FeatureExtractionDuration', unit: 'Seconds' },
  neural_model_inference_duration_seconds: { name: 'ModelInferenceDuration', unit: 'Seconds' },
  neural_device_latency_seconds: { name: 'DeviceLatency', unit: 'Seconds' },
};

/**
 * Key figures in a set of points, exact because they come from the agents' one-minute roll-ups. A message that is
 * delivered twice counts twice: CloudWatch has no keys, so these figures are at-least-once.
 */
export function kpisOf(points: Iterable<Point>): Kpi[] {
  const kpis = new Map<string, Kpi>();
  for (const point of points) {
    const kpi = KPIS[point.name];
    if (point.kind !== 'rollup' || !kpi || point.histogram.count === 0) continue;
    const { count, sum, min = 0, max = 0 } = point.histogram;
    const key = `${kpi.name} ${point.timeMs}`;
    const so = kpis.get(key);
    kpis.set(key, {
      ...kpi,
      minuteMs: point.timeMs,
      count: count + (so?.count ?? 0),
      sum: sum + (so?.sum ?? 0),
      min: Math.min(min, so?.min ?? min),
      max: Math.max(max, so?.max ?? max),
    });
  }
  return [...kpis.values()];
}
