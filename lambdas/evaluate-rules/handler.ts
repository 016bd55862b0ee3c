import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTClient } from '@aws-sdk/client-iot';
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { dynamoAlertsTable } from '../shared/alerts-table.ts';
import { stepFunctionsEscalations } from '../shared/escalations.ts';
import { groupsIn } from '../shared/groups.ts';
import { iotHealingOffers } from '../shared/healing-offers.ts';
import { readHealing, readRouting, readRuleTexts } from '../shared/rule-files.ts';
import { cloudGroups } from './cloud-rules.ts';
import { readEnv } from './env.ts';
import { type EvaluatePorts, evaluateRules } from './evaluate.ts';
import { registryOwners } from './registry.ts';
import { windowReader } from './window.ts';

const env = readEnv(process.env);
const nowMs = Date.now;
const logger = new Logger({ serviceName: 'evaluate-rules' });
const metrics = new Metrics({ namespace: env.KPI_NAMESPACE, serviceName: 'evaluate-rules' });
const tracer = new Tracer({ serviceName: 'evaluate-rules' });

const dynamo = tracer.captureAWSv3Client(new DynamoDBClient({}));
const sfn = tracer.captureAWSv3Client(new SFNClient({}));
const table = dynamoAlertsTable(dynamo, env.ALERTS_TABLE, nowMs);
const ports: EvaluatePorts = {
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
  rules: cloudGroups(readRuleTexts(import.meta.dirname, env.RULES_DIRECTORY)),
  readWindow: windowReader(dynamo, env.RULE_WINDOW_TABLE),
  ownerOf: registryOwners(tracer.captureAWSv3Client(new IoTClient({})), nowMs),
  nowMs,
};

/** Every minute: the rules across agents, and who has fallen silent. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  try {
    const { alerts, problems, late, silent } = await evaluateRules(ports);
    for (const problem of problems) logger.warn('a rule could not be evaluated', { ...problem });
    for (const thing of silent) logger.warn('an agent has fallen silent', { thing });
    const firing = alerts.filter(({ state }) => state === 'firing').length;
    metrics.addMetric('CloudAlertsFiring', MetricUnit.Count, firing);
    if (late > 0) metrics.addMetric('LateSamples', MetricUnit.Count, late);
    if (problems.length > 0) metrics.addMetric('RuleProblems', MetricUnit.Count, problems.length);
    if (silent.length > 0) metrics.addMetric('AgentsSilent', MetricUnit.Count, silent.length);
  } finally {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  }
}
