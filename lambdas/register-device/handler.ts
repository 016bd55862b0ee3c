import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTClient } from '@aws-sdk/client-iot';
import type { Context } from 'aws-lambda';
import { iotCertificates } from './certificates.ts';
import { dynamoDevices } from './devices.ts';
import { readEnv } from './env.ts';
import { type ProvisioningRequest, registerDevice } from './register-device.ts';

const env = readEnv(process.env);
const logger = new Logger({ serviceName: 'register-device' });
const metrics = new Metrics({ serviceName: 'register-device' });
const tracer = new Tracer({ serviceName: 'register-device' });
const devices = dynamoDevices(tracer.captureAWSv3Client(new DynamoDBClient({})), env.DEVICES_TABLE);
const certificates = iotCertificates(tracer.captureAWSv3Client(new IoTClient({})));

interface HookAnswer {
  readonly allowProvisioning: boolean;
  readonly parameterOverrides?: Readonly<Record<string, string>>;
}

/** The pre-provisioning hook of both templates. IoT Core waits 5 s for the answer; an error refuses, too. */
export async function handler(request: ProvisioningRequest, context: Context): Promise<HookAnswer> {
  logger.addContext(context);
  const verdict = await registerDevice(request, env.ROTATION_TEMPLATE, { devices, certificates, nowMs: Date.now() });
  const who = { serial: request.parameters.SerialNumber, clientId: request.clientId, template: request.templateArn };
  metrics.addMetric(verdict.allowed ? 'DevicesAdmitted' : 'DevicesRefused', MetricUnit.Count, 1);
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  if (!verdict.allowed) {
    logger.warn('a device is refused', { ...who, reason: verdict.reason });
    return { allowProvisioning: false };
  }
  logger.info('a device is admitted', { ...who, thing: verdict.overrides.ThingName });
  return { allowProvisioning: true, parameterOverrides: verdict.overrides };
}
