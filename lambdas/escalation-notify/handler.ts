import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Context } from 'aws-lambda';
import { classify } from '../../core/notifications/answer.ts';
import { channelKinds } from '../../core/notifications/channel/list.ts';
import type { ChannelRequest } from '../../core/notifications/request.ts';
import { dynamoAlertsTable } from '../shared/alerts-table.ts';
import { channelsSecret } from '../shared/channels-secret.ts';
import { groupsIn } from '../shared/groups.ts';
import type { NotifyRequest } from '../shared/notify-request.ts';
import { readEnv } from './env.ts';
import { type NotifyPorts, notify } from './notify.ts';
import { withRetries } from './retry.ts';
import { sender, TIMEOUT_MS } from './send.ts';

const env = readEnv(process.env);
const nowMs = Date.now;
const logger = new Logger({ serviceName: 'escalation-notify' });
const metrics = new Metrics({ namespace: env.KPI_NAMESPACE, serviceName: 'escalation-notify' });
const tracer = new Tracer({ serviceName: 'escalation-notify' });

const dynamo = tracer.captureAWSv3Client(new DynamoDBClient({}));
const secrets = tracer.captureAWSv3Client(new SecretsManagerClient({}));
const send = sender({
  sns: tracer.captureAWSv3Client(new SNSClient({ maxAttempts: 1 })),
  ses: tracer.captureAWSv3Client(new SESv2Client({ maxAttempts: 1 })),
  topicArn: env.SNS_TOPIC_ARN,
  emailSender: env.EMAIL_SENDER,
  nowMs,
});
const table = dynamoAlertsTable(dynamo, env.ALERTS_TABLE, nowMs);
const ports: Omit<NotifyPorts, 'send'> = {
  table,
  groups: groupsIn(table),
  channels: channelsSecret(secrets, env.CHANNELS_SECRET, nowMs),
  acknowledgeUrl: env.ACKNOWLEDGE_URL,
  runbookBaseUrl: env.RUNBOOK_BASE_URL,
  environment: env.ENVIRONMENT,
  nowMs,
};

/** By what became of a notification. */
const COUNTERS = {
  delivered: 'NotificationsSent',
  failed: 'NotificationsFailed',
  'gave-up': 'NotificationsGivenUp',
  'over-budget': 'NotificationsOverBudget',
  skipped: 'NotificationsSkipped',
} as const;
/** What is left for the ledger when the last try has failed. */
const RESERVE_MS = 2000;

/** One notification to one channel. */
export async function handler(request: NotifyRequest, context: Context): Promise<{ readonly status: string }> {
  logger.addContext(context);
  const { groupId, generation, kind, channel } = request;
  const deadlineMs = nowMs() + context.getRemainingTimeInMillis() - RESERVE_MS;
  const patiently = (to: ChannelRequest) =>
    withRetries(
      () => send(to),
      (answer) => classify(channelKinds[channel], answer, to) === 'retry',
      deadlineMs,
      TIMEOUT_MS,
      { nowMs, random: Math.random, sleep },
    );
  try {
    const outcome = await notify(request, { ...ports, send: patiently });
    const status = outcome === 'skipped' ? outcome : outcome.status;
    metrics.addMetric(COUNTERS[status], MetricUnit.Count, 1);
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
