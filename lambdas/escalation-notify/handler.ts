import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Context } from 'aws-lambda';
import { dynamoAlertsTable } from '../shared/alerts-table.ts';
import { channelsSecret } from '../shared/channels-secret.ts';
import { groupsIn } from '../shared/groups.ts';
import type { NotifyRequest } from '../shared/notify-request.ts';
import { readEnv } from './env.ts';
import { type NotifyPorts, notify } from './notify.ts';
import { sender } from './send.ts';

const env = readEnv(process.env);
const nowMs = Date.now;
const logger = new Logger({ serviceName: 'escalation-notify' });
const metrics = new Metrics({ namespace: env.KPI_NAMESPACE, serviceName: 'escalation-notify' });
const tracer = new Tracer({ serviceName: 'escalation-notify' });

const dynamo = tracer.captureAWSv3Client(new DynamoDBClient({}));
const secrets = tracer.captureAWSv3Client(new SecretsManagerClient({}));
const ports: NotifyPorts = {
  groups: groupsIn(dynamoAlertsTable(dynamo, env.ALERTS_TABLE, nowMs)),
  channels: channelsSecret(secrets, env.CHANNELS_SECRET, nowMs),
  send: sender(tracer.captureAWSv3Client(new SNSClient({})), env.SNS_TOPIC_ARN),
  acknowledgeUrl: env.ACKNOWLEDGE_URL,
  environment: env.ENVIRONMENT,
  nowMs,
};

/** One notification to one channel. */
export async function handler(request: NotifyRequest, context: Context): Promise<{ readonly status: string }> {
  logger.addContext(context);
  const { groupId, generation, kind, channel } = request;
  try {
    const outcome = await notify(request, ports);
    const status = outcome === 'skipped' ? outcome : outcome.status;
    metrics.addMetric(status === 'gave-up' ? 'NotificationsGivenUp' : 'NotificationsSent', MetricUnit.Count, 1);
    const log = status === 'gave-up' ? logger.error.bind(logger) : logger.info.bind(logger);
    log(`notification ${status}`, { groupId, generation, kind, channel, outcome });
    return { status };
  } catch (error) {
    metrics.addMetric('NotificationsFailed', MetricUnit.Count, 1);
    logger.warn('notification not taken', { groupId, generation, kind, channel, reason: (error as Error).message });
    throw error;
  } finally {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  }
}
