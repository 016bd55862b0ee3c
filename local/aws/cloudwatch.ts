import { readEmf } from './cloudwatch/emf.ts';
import { type Metric, Metrics, type Period, statistic, statisticsOf } from './cloudwatch/metrics.ts';
import { type JsonOperations, jsonService } from './json-service.ts';
import { asList, asNumber, asRecord, asText } from './properties.ts';
import { AwsError, type AwsService } from './service.ts';

export interface CloudWatch {
  readonly service: AwsService;
  /** Takes the metrics out of a line of a function's log (Embedded Metric Format); other lines have none. */
  ingestEmf(line: string): void;
  readonly metrics: Metrics;
}

/** CloudWatch metrics: `GraniteServiceVersion20100801.<Operation>` in JSON 1.0. Times on the wire are epoch seconds. */
export function createCloudWatch(now: () => number = Date.now): CloudWatch {
  const metrics = new Metrics();

  const operations: JsonOperations = {
    PutMetricData({ Namespace, MetricData }) {
      for (const datum of asList(MetricData).map(asRecord)) {
        const metric = metricOf(Namespace, datum.MetricName, datum.Dimensions);
        const timeMs = datum.Timestamp === undefined ? now() : toMs(datum.Timestamp);
        metrics.add(metric, timeMs, statisticsIn(datum));
      }
      return {};
    },
    GetMetricStatistics({ Namespace, MetricName, Dimensions, StartTime, EndTime, Period, Statistics }) {
      const metric = metricOf(Namespace, MetricName, Dimensions);
      const periods = metrics.periods(metric, toMs(StartTime), toMs(EndTime), asNumber(Period, 60) * 1000);
      const names = asList(Statistics).map((name) => asText(name));
      return {
        Label: metric.name,
        Datapoints: periods.map((period) => ({
          Timestamp: period.startMs / 1000,
          ...Object.fromEntries(names.map((name) => [name, statisticOf(period, name)])),
        })),
      };
    },
    GetMetricData({ MetricDataQueries, StartTime, EndTime, ScanBy }) {
      const queries = asList(MetricDataQueries).map(asRecord);
      return {
        MetricDataResults: queries.map(({ Id, Label, MetricStat }) => {
          if (MetricStat === undefined) {
            throw new AwsError(
              'InvalidParameterValue',
              `The twin's CloudWatch computes no expressions (query ${asText(Id)}).`,
            );
          }
          const { Metric: named, Period, Stat } = asRecord(MetricStat);
          const { Namespace, MetricName, Dimensions } = asRecord(named);
          const metric = metricOf(Namespace, MetricName, Dimensions);
          const periods = metrics.periods(metric, toMs(StartTime), toMs(EndTime), asNumber(Period, 60) * 1000);
          if (ScanBy !== 'TimestampAscending') periods.reverse();
          return {
            Id,
            Label: asText(Label, metric.name),
            StatusCode: 'Complete',
            Timestamps: periods.map(({ startMs }) => startMs / 1000),
            Values: periods.map((period) => statisticOf(period, asText(Stat))),
          };
        }),
      };
    },
    ListMetrics: ({ Namespace, MetricName }) => ({
      Metrics: metrics
        .list()
        .filter(
          ({ namespace, name }) =>
            [undefined, namespace].includes(Namespace as string) && [undefined, name].includes(MetricName as string),
        )
        .map(({ namespace, name, dimensions }) => ({
          Namespace: namespace,
          MetricName: name,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        })),
    }),
  };

  return {
    service: jsonService({
      signingName: 'monitoring',
      title: 'CloudWatch',
      operations,
      // CloudWatch knows no resources for metrics; a policy may only ask for the namespace, as a condition.
      access: (operation, { Namespace }) => [
        {
          action: `cloudwatch:${operation}`,
          resource: '*',
          ...(Namespace === undefined ? {} : { context: { 'cloudwatch:namespace': asText(Namespace) } }),
        },
      ],
    }),
    metrics,
    ingestEmf(line) {
      for (const { metric, timeMs, statistics } of readEmf(line)) metrics.add(metric, timeMs, statistics);
    },
  };
}

function metricOf(namespace: unknown, name: unknown, dimensions: unknown): Metric {
  const pairs = asList(dimensions)
    .map(asRecord)
    .map(({ Name, Value }) => [asText(Name), asText(Value)]);
  return {
    namespace: asText(namespace),
    name: asText(name),
    dimensions: Object.fromEntries(pairs) as Record<string, string>,
  };
}

/** A datum is one value, a list of values with their counts, or a set of statistics. */
function statisticsIn({ Value, Values, Counts, StatisticValues }: Record<string, unknown>) {
  if (StatisticValues !== undefined) {
    const { SampleCount, Sum, Minimum, Maximum } = asRecord(StatisticValues);
    return { count: Number(SampleCount), sum: Number(Sum), min: Number(Minimum), max: Number(Maximum) };
  }
  const values = Values === undefined ? [Number(Value)] : asList(Values).map(Number);
  return statisticsOf(values, Counts === undefined ? undefined : asList(Counts).map(Number));
}

function statisticOf(period: Period, name: string): number {
  try {
    return statistic(period, name);
  } catch (error) {
    throw new AwsError('InvalidParameterValue', (error as Error).message);
  }
}

/** Epoch seconds, or text. */
function toMs(time: unknown): number {
  return typeof time === 'number' ? time * 1000 : Date.parse(asText(time));
}
