import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { dynamoAlertsTable } from '../shared/alerts-table.ts';
import { audit } from '../shared/audit.ts';
import { stepFunctionsEscalations } from '../shared/escalations.ts';
import { groupsIn } from '../shared/groups.ts';
import { readHealing } from '../shared/rule-files.ts';
import { auditEventOf } from './audit-event.ts';
import { readEnv } from './env.ts';
import { type HealPorts, heal } from './heal.ts';
import { parkedMessages } from './redrive.ts';
import { readRequest } from './request.ts';

const env = readEnv(process.env);
const nowMs = Date.now;
const logger = new Logger({ serviceName: 'heal' });
const metrics = new Metrics({ namespace: env.KPI_NAMESPACE, serviceName: 'heal' });
const tracer = new Tracer({ serviceName: 'heal' });

const table = dynamoAlertsTable(tracer.captureAWSv3Client(new DynamoDBClient({})), env.ALERTS_TABLE, nowMs);
const iot = tracer.captureAWSv3Client(new IoTDataPlaneClient({}));
const s3 = tracer.captureAWSv3Client(new S3Client({ forcePathStyle: true }));
const trail = audit(table);
const ports: HealPorts = {
  table,
  groups: groupsIn(table),
  escalations: stepFunctionsEscalations(tracer.captureAWSv3Client(new SFNClient({})), env.STATE_MACHINE_ARN),
  config: readHealing(import.meta.dirname, env.RULES_DIRECTORY),
  async command(thing, command) {
    const payload = Buffer.from(JSON.stringify(command));
    await iot.send(new PublishCommand({ topic: `${env.COMMAND_TOPIC_PREFIX}/${thing}/commands`, qos: 1, payload }));
  },
  parked: parkedMessages(s3, iot, { bucket: env.ARCHIVE_BUCKET, rule: env.METRICS_RULE_TOPIC }),
  audit: (entries) => trail.append(entries.map(auditEventOf)),
  nowMs,
};

/** From the IoT rule: alerts that fired, answers of agents, what operators decided. From the schedule: time has passed. */
export async function handler(event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  const request = readRequest(event);
  if (typeof request === 'string') {
    // Trying again would not help.
    metrics.addMetric('HealingMessagesInvalid', MetricUnit.Count, 1);
    logger.error('a message cannot be read', { reason: request });
    metrics.publishStoredMetrics();
    return;
  }
  const decided = await heal(request, ports);
  for (const { actor, action, subject, reason, detail } of decided) {
    logger.info(`healing: ${reason}`, { actor, action, subject, detail });
    if (reason === 'issued') metrics.addMetric('HealingActions', MetricUnit.Count, 1);
    if (reason === 'verified') metrics.addMetric('HealingVerified', MetricUnit.Count, 1);
    if (reason === 'futile') metrics.addMetric('HealingFrozen', MetricUnit.Count, 1);
  }
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}
