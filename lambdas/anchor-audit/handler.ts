import { Logger } from '@aws-lambda-powertools/logger';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { dynamoAlertsTable } from '../shared/alerts-table.ts';
import { anchorAudit } from './anchor-audit.ts';
import { readEnv } from './env.ts';
import { s3Anchors } from './keep.ts';

const env = readEnv(process.env);
const nowMs = Date.now;
const logger = new Logger({ serviceName: 'anchor-audit' });
const tracer = new Tracer({ serviceName: 'anchor-audit' });
const ports = {
  table: dynamoAlertsTable(tracer.captureAWSv3Client(new DynamoDBClient({})), env.ALERTS_TABLE, nowMs),
  anchors: s3Anchors(tracer.captureAWSv3Client(new S3Client({})), env.ANCHOR_BUCKET),
  nowMs,
};

/** Every minute: where the audit trail ends now, to be held against it later. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  const anchor = await anchorAudit(ports);
  if (anchor) logger.info('the audit trail is anchored', { number: anchor.number, hash: anchor.hash });
}
