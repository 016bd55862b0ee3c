import { Logger } from '@aws-lambda-powertools/logger';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Context } from 'aws-lambda';
import { dynamoAlertsTable } from '../shared/alerts-table.ts';
import { readEnv } from './env.ts';
import { openPage } from './open-page.ts';
import { type WatchPorts, watch } from './watch.ts';

const env = readEnv(process.env);
const nowMs = Date.now;
const logger = new Logger({ serviceName: 'watch' });
const tracer = new Tracer({ serviceName: 'watch' });
const sns = tracer.captureAWSv3Client(new SNSClient({}));
const silenceMs = Number(env.SILENCE_SECONDS) * 1000;
const ports: WatchPorts = {
  table: dynamoAlertsTable(tracer.captureAWSv3Client(new DynamoDBClient({})), env.WATCH_TABLE, nowMs),
  open: openPage,
  async tell({ subject, text }) {
    await sns.send(new PublishCommand({ TopicArn: env.WATCH_TOPIC_ARN, Subject: subject, Message: text }));
  },
  settings: { silenceMs, pagePatienceMs: 60_000, connectWithinMs: 30 * 60_000, repeatMs: 60 * 60_000 },
  environment: env.ENVIRONMENT,
  nowMs,
};

/** Every minute, in another region: does alerting still live? */
export async function handler(_event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  for (const { kind, subject } of await watch(ports)) logger.warn(`people were told: ${kind}`, { subject });
}
