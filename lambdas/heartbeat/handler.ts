import { Logger } from '@aws-lambda-powertools/logger';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context, LambdaFunctionURLEvent } from 'aws-lambda';
import { dynamoAlertsTable } from '../shared/alerts-table.ts';
import { readEnv } from './env.ts';
import { takeHeartbeat } from './heartbeat.ts';
import { signingKey } from './signing-key.ts';

const env = readEnv(process.env);
const nowMs = Date.now;
const logger = new Logger({ serviceName: 'heartbeat' });
const tracer = new Tracer({ serviceName: 'heartbeat' });
const secrets = tracer.captureAWSv3Client(new SecretsManagerClient({}));
const ports = {
  table: dynamoAlertsTable(tracer.captureAWSv3Client(new DynamoDBClient({})), env.WATCH_TABLE, nowMs),
  signingKey: signingKey(secrets, env.WATCHER_SECRET, nowMs),
  nowMs,
};

/** The function URL of the watcher: the channel `heartbeat` posts here. */
export async function handler(event: LambdaFunctionURLEvent, context: Context) {
  logger.addContext(context);
  const body = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString() : (event.body ?? '');
  const { method } = event.requestContext.http;
  const verdict = await takeHeartbeat({ method, headers: event.headers, body }, ports);
  logger.info(`heartbeat: ${verdict.said}`, { method });
  return { statusCode: verdict.status, body: JSON.stringify({ message: verdict.said }) };
}
