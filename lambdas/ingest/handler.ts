import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTClient } from '@aws-sdk/client-iot';
import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context, KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';
import type { Point } from '../../core/metrics/model.ts';
import { createAcknowledgements } from './acknowledgements.ts';
import { poisonParking, s3Archive } from './archive.ts';
import { cloudWatchKpis } from './cloudwatch.ts';
import { readEnv } from './env.ts';
import { ingest } from './ingest.ts';
import { createIntervals } from './intervals.ts';
import { kpisOf } from './kpis.ts';
import { PoisonMessage, readMessage } from './message.ts';
import { iotRegistry } from './registry.ts';
import { keepForRules, readCloudSeries } from './rule-series.ts';
import { openStore } from './store.ts';

const env = readEnv(process.env);
const nowMs = Date.now;
const logger = new Logger({ serviceName: 'ingest' });
const metrics = new Metrics({ namespace: env.KPI_NAMESPACE, serviceName: 'ingest' });
const tracer = new Tracer({ serviceName: 'ingest' });

const s3 = tracer.captureAWSv3Client(new S3Client({ forcePathStyle: true }));
const iotData = tracer.captureAWSv3Client(new IoTDataPlaneClient({}));
const park = poisonParking(s3, env.ARCHIVE_BUCKET);
const publishKpis = cloudWatchKpis(
  tracer.captureAWSv3Client(new CloudWatchClient({})),
  env.KPI_NAMESPACE,
  env.ENVIRONMENT,
);
const acknowledgements = createAcknowledgements(Number(env.ACK_INTERVAL_SECONDS) * 1000);
const ports = {
  store: openStore(env, nowMs, (client) => tracer.captureAWSv3Client(client)),
  archive: s3Archive(s3, env.ARCHIVE_BUCKET),
  ownerOf: iotRegistry(tracer.captureAWSv3Client(new IoTClient({})), nowMs),
  intervals: createIntervals(),
  acknowledgements,
  keepForRules: keepForRules(
    tracer.captureAWSv3Client(new DynamoDBClient({})),
    env.RULE_WINDOW_TABLE,
    readCloudSeries(env.CLOUD_SERIES_FILE),
    nowMs,
  ),
  nowMs,
};

/** Kinesis -> store. A record that fails is retried alone with what follows it; one that cannot be read is parked. */
export async function handler(event: KinesisStreamEvent, context: Context): Promise<KinesisStreamBatchResponse> {
  logger.addContext(context);
  const points: Point[] = [];
  const processor = new BatchProcessor(EventType.KinesisDataStreams);
  const response = await processPartialResponse(
    event,
    async (record: KinesisStreamRecord) => {
      points.push(...(await ingestRecord(record)));
    },
    processor,
    { context, throwOnFullBatchFailure: false },
  );
  for (const error of processor.errors) logger.error('a record will be retried', error);
  if (processor.errors.length > 0) metrics.addMetric('RecordsRetried', MetricUnit.Count, processor.errors.length);
  await tell(points);
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  return response as KinesisStreamBatchResponse;
}

async function ingestRecord({ kinesis }: KinesisStreamRecord): Promise<readonly Point[]> {
  const payload = Buffer.from(kinesis.data, 'base64');
  const thing = kinesis.partitionKey;
  try {
    const arrivalMs = Math.round(kinesis.approximateArrivalTimestamp * 1000);
    const batch = readMessage(payload);
    const outcome = await ingest({ thing, arrivalMs, batch }, ports);
    metrics.addMetric('PointsStored', MetricUnit.Count, outcome.stored);
    if (!batch.ackRequested) {
      // A message that asks to be acknowledged comes from the buffer: its age says nothing about the way.
      metrics.addMetric('SampleToStored', MetricUnit.Milliseconds, Math.max(0, nowMs() - outcome.newestMs));
    }
    if (outcome.archived > 0) metrics.addMetric('PointsArchived', MetricUnit.Count, outcome.archived);
    if (outcome.rejected > 0) metrics.addMetric('PointsRejected', MetricUnit.Count, outcome.rejected);
    if (outcome.skewMs > 0) logger.warn('the clock of a thing runs ahead', { thing, skewMs: outcome.skewMs });
    return outcome.points;
  } catch (error) {
    if (!(error instanceof PoisonMessage)) throw error;
    await park(thing, kinesis.sequenceNumber, payload, error.message);
    metrics.addMetric('RecordsParked', MetricUnit.Count, 1);
    logger.error('a record is parked', { thing, sequenceNumber: kinesis.sequenceNumber, reason: error.message });
    return [];
  }
}

/** Acknowledgements and key figures come after the points are safe, and their failure fails no record. */
async function tell(points: readonly Point[]): Promise<void> {
  const due = acknowledgements.takeDue(nowMs());
  const outcomes = await Promise.allSettled([
    publishKpis(kpisOf(points)),
    ...due.map(async ({ thing, acknowledgement }) => {
      try {
        await iotData.send(
          new PublishCommand({
            topic: `${env.ACK_TOPIC_PREFIX}/${thing}/ack`,
            qos: 1,
            payload: Buffer.from(JSON.stringify(acknowledgement)),
          }),
        );
      } catch (error) {
        acknowledgements.failed(thing, acknowledgement, nowMs());
        throw error;
      }
    }),
  ]);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected')
      logger.warn('an acknowledgement or key figure was not sent', outcome.reason as Error);
  }
}
