import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { InvalidReport, readReport, stampReport } from '../../core/alerting/read-report.ts';
import { dynamoAlertsTable } from '../shared/alerts-table.ts';
import { stepFunctionsEscalations } from '../shared/escalations.ts';
import { groupsIn } from '../shared/groups.ts';
import { iotHealingOffers } from '../shared/healing-offers.ts';
import { type RoutePorts, routeReport } from '../shared/route-report.ts';
import { readHealing, readRouting } from '../shared/rule-files.ts';
import { readEnv } from './env.ts';

const env = readEnv(process.env);
const nowMs = Date.now;
const logger = new Logger({ serviceName: 'route-alerts' });
const metrics = new Metrics({ namespace: env.KPI_NAMESPACE, serviceName: 'route-alerts' });
const tracer = new Tracer({ serviceName: 'route-alerts' });

const table = dynamoAlertsTable(tracer.captureAWSv3Client(new DynamoDBClient({})), env.ALERTS_TABLE, nowMs);
const sfn = tracer.captureAWSv3Client(new SFNClient({}));
const ports: RoutePorts = {
  table,
  groups: groupsIn(table),
  escalations: stepFunctionsEscalations(sfn, env.STATE_MACHINE_ARN),
  routing: readRouting(import.meta.dirname, env.RULES_DIRECTORY),
  leaseMs: Number(env.LEASE_SECONDS) * 1000,
  healing: iotHealingOffers(tracer.captureAWSv3Client(new IoTDataPlaneClient({})), {
    config: readHealing(import.meta.dirname, env.RULES_DIRECTORY),
    topic: env.HEALING_TOPIC,
    onProblem: (error) => logger.error('healing cannot be asked', { error: String(error) }),
  }),
  nowMs,
};

/** What the IoT rule sends: the report, the thing its topic names, and when it arrived. */
export interface RouteAlertsEvent {
  readonly thing: string;
  readonly receivedAtMs: number;
  readonly [field: string]: unknown;
}

/** One agent's report -> its alerts' groups -> their escalations. */
export async function handler(event: RouteAlertsEvent, context: Context): Promise<void> {
  logger.addContext(context);
  const { thing } = event;
  try {
    const { events, ignored } = await routeReport(thing, stampReport(readReport(event), thing), ports);
    for (const { kind, alert } of events) logger.info(`alert ${kind}`, { thing, labels: alert.labels });
    if (events.length > 0) metrics.addMetric('AlertChanges', MetricUnit.Count, events.length);
    if (ignored) logger.info('a report was overtaken', { thing, ignored });
  } catch (error) {
    if (!(error instanceof InvalidReport)) throw error;
    // Trying again would not help: it is counted, logged, and the sender's lease runs out.
    metrics.addMetric('AlertReportsInvalid', MetricUnit.Count, 1);
    logger.error('an alert report cannot be read', { thing, reason: error.message });
  } finally {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  }
}
