/** What AWS charges in us-east-1, USD. One place: the doctor, plans of rules and reports count with the same prices. */

export interface Price {
  readonly usd: number;
  /** What it is for. */
  readonly per: string;
  /** When it was so. */
  readonly asOf: string;
  readonly source: string;
}

function price(usd: number, per: string, asOf: string, source: string): Price {
  return { usd, per, asOf, source };
}

export const PRICES = {
  iotRule: price(0.15, 'million rules triggered, 5 KB each', '2026', 'aws.amazon.com/iot-core/pricing'),
  iotAction: price(0.15, 'million rule actions, 5 KB each', '2026', 'aws.amazon.com/iot-core/pricing'),
  lambdaRequest: price(0.2, 'million requests', '2024-07', 'aws.amazon.com/lambda/pricing'),
  lambdaGBSecond: price(1.33334e-5, 'GB-second, arm64', '2024-07', 'aws.amazon.com/lambda/pricing'),
  dynamoWrite: price(
    0.625,
    'million write request units, on demand',
    '2026',
    'aws.amazon.com/dynamodb/pricing/on-demand',
  ),
  dynamoRead: price(
    0.125,
    'million read request units, on demand',
    '2026',
    'aws.amazon.com/dynamodb/pricing/on-demand',
  ),
  timestreamWrite: price(0.5, 'million writes of 1 KiB', '2026', 'aws.amazon.com/timestream/pricing'),
  timestreamMemory: price(0.036, 'GB-hour of the memory store', '2026', 'aws.amazon.com/timestream/pricing'),
  timestreamMagnetic: price(0.03, 'GB-month of the magnetic store', '2026', 'aws.amazon.com/timestream/pricing'),
  timestreamCompute: price(0.518, 'hour of a compute unit', '2026', 'aws.amazon.com/timestream/pricing'),
  prometheusSamples: price(0.9, '10 million samples ingested', '2025', 'aws.amazon.com/prometheus/pricing'),
  prometheusStorage: price(0.03, 'GB-month', '2025', 'aws.amazon.com/prometheus/pricing'),
} as const satisfies Readonly<Record<string, Price>>;

/** A month of prices: 730 hours. */
export const MONTH_MINUTES = 730 * 60;
