import { Logger } from '@aws-lambda-powertools/logger';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { dynamoAlertsTable } from '../shared/alerts-table.ts';
import { wake } from '../shared/escalations.ts';
import { groupsIn } from '../shared/groups.ts';
import { readEnv } from './env.ts';
import { type WaitRequest, wait } from './wait.ts';

const env = readEnv(process.env);
const logger = new Logger({ serviceName: 'escalation-wait' });
const tracer = new Tracer({ serviceName: 'escalation-wait' });

const dynamo = tracer.captureAWSv3Client(new DynamoDBClient({}));
const groups = groupsIn(dynamoAlertsTable(dynamo, env.ALERTS_TABLE, Date.now));
const sfn = tracer.captureAWSv3Client(new SFNClient({}));

/** The state machine begins to wait; its answer is SendTaskSuccess, whenever something happens. */
export async function handler(request: WaitRequest, context: Context): Promise<void> {
  logger.addContext(context);
  const isWaiting = await wait(request, groups, (token) => wake(sfn, token));
  const { groupId, generation, revision } = request;
  logger.info(isWaiting ? 'waiting' : 'something happened meanwhile', { groupId, generation, revision });
}
