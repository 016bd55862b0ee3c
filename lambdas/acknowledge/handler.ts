import { Logger } from '@aws-lambda-powertools/logger';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context, LambdaFunctionURLEvent } from 'aws-lambda';
import type { ExecutionInput } from '../../core/escalation/execution.ts';
import { ChannelNotConfigured } from '../../core/notifications/channels.ts';
import { dynamoAlertsTable } from '../shared/alerts-table.ts';
import { channelsSecret } from '../shared/channels-secret.ts';
import { wake } from '../shared/escalations.ts';
import { groupsIn } from '../shared/groups.ts';
import { type AcknowledgePorts, acknowledgePage } from './acknowledge-page.ts';
import { readEnv } from './env.ts';
import type { HttpAnswer } from './page.ts';

const env = readEnv(process.env);
const nowMs = Date.now;
const logger = new Logger({ serviceName: 'acknowledge' });
const tracer = new Tracer({ serviceName: 'acknowledge' });

const dynamo = tracer.captureAWSv3Client(new DynamoDBClient({}));
const sfn = tracer.captureAWSv3Client(new SFNClient({}));
const channels = channelsSecret(tracer.captureAWSv3Client(new SecretsManagerClient({})), env.CHANNELS_SECRET, nowMs);
const ports: AcknowledgePorts = {
  groups: groupsIn(dynamoAlertsTable(dynamo, env.ALERTS_TABLE, nowMs)),
  escalations: {
    // Whoever has a link was notified by an execution, so one has been started.
    start: async (_input: ExecutionInput) => undefined,
    // What is stored is read by the next decision at the latest: a page that failed here would only alarm its reader.
    wake: (token) => wake(sfn, token).catch((error: Error) => logger.error('the escalation was not woken', error)),
  },
  signingKey: async () => {
    const { acknowledge } = await channels();
    if (!acknowledge) throw new ChannelNotConfigured('acknowledge', '{"acknowledge": {"signingKey": "..."}}');
    return acknowledge.signingKey;
  },
  nowMs,
};

/** The function URL of the acknowledge page. */
export async function handler(event: LambdaFunctionURLEvent, context: Context): Promise<HttpAnswer> {
  logger.addContext(context);
  const { method } = event.requestContext.http;
  const body = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString() : (event.body ?? '');
  const token = event.queryStringParameters?.t ?? '';
  const answer = await acknowledgePage({ method, token, form: new URLSearchParams(body) }, ports);
  logger.info('acknowledge page', { method, status: answer.statusCode });
  return answer;
}
