import { asList, asRecord, asText } from '../properties.ts';
import { type Metric, type Statistics, statisticsOf } from './metrics.ts';

export interface EmbeddedMetric {
  readonly metric: Metric;
  /** Epoch milliseconds. */
  readonly timeMs: number;
  readonly statistics: Statistics;
}

/**
 * Metrics in one line of a function's log, in CloudWatch's Embedded Metric Format; none when the line is anything else.
 * Each set of dimensions makes a metric of its own.
 */
export function readEmf(line: string): EmbeddedMetric[] {
  if (!line.includes('"CloudWatchMetrics"')) return [];
  let record: Record<string, unknown>;
  try {
    record = asRecord(JSON.parse(line));
  } catch {
    return [];
  }
  const { Timestamp, CloudWatchMetrics } = asRecord(record._aws);
  return asList(CloudWatchMetrics)
    .map(asRecord)
    .flatMap(({ Namespace, Dimensions, Metrics }) =>
      asList(Metrics)
        .map((definition) => asText(asRecord(definition).Name))
        .flatMap((name) => {
          const values = [record[name]].flat().filter((value) => typeof value === 'number');
          if (values.length === 0) return [];
          return dimensionSets(Dimensions).map((names) => ({
            metric: {
              namespace: asText(Namespace),
              name,
              dimensions: Object.fromEntries(names.map((dimension) => [dimension, asText(record[dimension])])),
            },
            timeMs: Number(Timestamp),
            statistics: statisticsOf(values),
          }));
        }),
    );
}

function dimensionSets(value: unknown): string[][] {
  const sets = asList(value).map((set) => asList(set).map((name) => asText(name)));
  return sets.length === 0 ? [[]] : sets;
}
