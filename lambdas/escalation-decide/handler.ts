import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { textsOf } from '../../core/escalation/texts.ts';
import { budgetOf } from '../../core/oncall/budget.ts';
import { targetsOf } from '../../core/oncall/targets.ts';
import { dynamoAlertsTable } from '../shared/alerts-table.ts';
import { groupsIn } from '../shared/groups.ts';
import { readEscalation, readRouting, readTemplates } from '../shared/rule-files.ts';
import { type DecideAnswer, type DecidePorts, type DecideRequest, decideGroup } from './decide-group.ts';
import { readEnv } from './env.ts';

const env = readEnv(process.env);
const nowMs = Date.now;
const logger = new Logger({ serviceName: 'escalation-decide' });
const metrics = new Metrics({ namespace: env.KPI_NAMESPACE, serviceName: 'escalation-decide' });
const tracer = new Tracer({ serviceName: 'escalation-decide' });

const dynamo = tracer.captureAWSv3Client(new DynamoDBClient({}));
const table = dynamoAlertsTable(dynamo, env.ALERTS_TABLE, nowMs);
const routing = readRouting(import.meta.dirname, env.RULES_DIRECTORY);
const receivers = new Map(routing.receivers.map((receiver) => [receiver.name, receiver]));
const templates = readTemplates(import.meta.dirname, env.RULES_DIRECTORY, routing.templates);
const { policyOf, oncall } = readEscalation(import.meta.dirname, env.RULES_DIRECTORY);
const ports: DecidePorts = {
  table,
  groups: groupsIn(table),
  routing,
  policyOf,
  targetsOf: (level, atMs) => targetsOf(level, oncall, atMs),
  textsOf: (group, notification, at) => {
    const texts = textsOf(group, notification, receivers.get(group.receiver), templates, at);
    for (const problem of texts?.problems ?? []) logger.warn('a template could not be rendered', { problem });
    return texts;
  },
  budgetOf: (person, channel) => {
    const known = oncall.people.get(person);
    return known ? budgetOf(known, channel) : [];
  },
  nowMs,
};

/** An alarm on another path watches each. */
const PROBLEM_METRICS = { nobody: 'NobodyOnCall', unheard: 'PagesUnheard' } as const;

/** The state machine asks: what next? */
export async function handler(request: DecideRequest, context: Context): Promise<DecideAnswer> {
  logger.addContext(context);
  const { problems, ...answer } = await decideGroup(request, ports);
  const { groupId, generation } = request;
  const notifications = answer.notifications.map(({ kind, channel }) => `${kind} ${channel}`);
  logger.info(`escalation: ${answer.next}`, { groupId, generation, notifications, waitSeconds: answer.waitSeconds });
  for (const { kind, summary } of problems) {
    logger.error(`escalation: ${kind}`, { groupId, generation, summary });
    metrics.addMetric(PROBLEM_METRICS[kind], MetricUnit.Count, 1);
  }
  if (notifications.length > 0) metrics.addMetric('NotificationsDue', MetricUnit.Count, notifications.length);
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  return answer;
}
