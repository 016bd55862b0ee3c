import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context, LambdaFunctionURLEvent } from 'aws-lambda';
import { dynamoAlertsTable } from '../shared/alerts-table.ts';
import { channelsSecret } from '../shared/channels-secret.ts';
import { wake } from '../shared/escalations.ts';
import { groupsIn } from '../shared/groups.ts';
import { sendHttp } from '../shared/http.ts';
import { readEnv } from './env.ts';
import { type InboundAnswer, type InboundPorts, takeInbound } from './inbound.ts';

const env = readEnv(process.env);
const nowMs = Date.now;
const logger = new Logger({ serviceName: 'inbound-events' });
const metrics = new Metrics({ namespace: env.KPI_NAMESPACE, serviceName: 'inbound-events' });
const tracer = new Tracer({ serviceName: 'inbound-events' });
/** Slack wants an answer within 3 s: what is left after the table and the state machine. */
const SLACK_MS = 1500;

const dynamo = tracer.captureAWSv3Client(new DynamoDBClient({}));
const sfn = tracer.captureAWSv3Client(new SFNClient({}));
const secrets = tracer.captureAWSv3Client(new SecretsManagerClient({}));
const table = dynamoAlertsTable(dynamo, env.ALERTS_TABLE, nowMs);
const ports: InboundPorts = {
  groups: groupsIn(table),
  table,
  escalations: {
    // Whoever can answer was notified by an execution, so one has been started.
    start: async () => undefined,
    // What is stored is read by the next decision at the latest.
    wake: (token) => wake(sfn, token).catch((error: Error) => logger.error('the escalation was not woken', error)),
  },
  channels: channelsSecret(secrets, env.CHANNELS_SECRET, nowMs),
  send: (request) => sendHttp(request, SLACK_MS, nowMs),
  runbookBaseUrl: env.RUNBOOK_BASE_URL,
  environment: env.ENVIRONMENT,
  nowMs,
};

const METRICS: Readonly<Record<InboundAnswer['outcome'], string>> = {
  applied: 'InboundEventsApplied',
  ignored: 'InboundEventsIgnored',
  refused: 'InboundRequestsRefused',
};

/** The function URL that PagerDuty and Slack call. An error is answered 502, and they try again. */
export async function handler(
  event: LambdaFunctionURLEvent,
  context: Context,
): Promise<{ readonly statusCode: number }> {
  logger.addContext(context);
  const { rawPath: path, headers, requestContext } = event;
  const body = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString() : (event.body ?? '');
  const { status, outcome, detail } = await takeInbound(
    { method: requestContext.http.method, path, headers, body },
    ports,
  );
  metrics.addMetric(METRICS[outcome], MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
  logger.info(`inbound request ${outcome}`, { path, status, detail });
  return { statusCode: status };
}
