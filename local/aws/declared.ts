import { createHash } from 'node:crypto';
import { asText, nameOf } from './properties.ts';
import { arn, type Place, type Provisioner, type Provisioners, type ResourceId } from './service.ts';

/**
 * Resources that others refer to, and from which nothing follows on one machine: each with the reason, so that leaving
 * them out is a decision that can be read, not a gap.
 */
export const DECLARED: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'alarms watch metrics of AWS services that do not run here',
  'AWS::CloudWatch::CompositeAlarm': 'alarms watch metrics of AWS services that do not run here',
  'AWS::KMS::Key': 'nothing is encrypted at rest in memory',
  'AWS::KMS::Alias': 'nothing is encrypted at rest in memory',
  'AWS::Logs::LogGroup': 'functions print to the terminal',
  'AWS::S3::BucketPolicy': 'denies connections without TLS; the twin listens on 127.0.0.1 only',
  'AWS::SNS::TopicPolicy': 'denies connections without TLS; the twin listens on 127.0.0.1 only',
  'AWS::SQS::QueuePolicy': 'denies connections without TLS; the twin listens on 127.0.0.1 only',
  'AWS::SecretsManager::ResourcePolicy': 'denies connections without TLS; the twin listens on 127.0.0.1 only',
};

/** Gives declared resources the names and ARNs that others refer to. */
export function declaredProvisioners(place: Place): Provisioners {
  const named = (property: string, service: string, resource: string): Provisioner => {
    return async (id, properties) => {
      const name = nameOf(id, properties[property]);
      return { ref: name, attributes: { Arn: arn(place, service, `${resource}${name}`) } };
    };
  };
  const policy: Provisioner = async (id) => ({ ref: nameOf(id, undefined), attributes: { Id: nameOf(id, undefined) } });

  return {
    'AWS::CloudWatch::Alarm': named('AlarmName', 'cloudwatch', 'alarm:'),
    'AWS::CloudWatch::CompositeAlarm': named('AlarmName', 'cloudwatch', 'alarm:'),
    async 'AWS::KMS::Key'(id) {
      const keyId = keyIdOf(id);
      return { ref: keyId, attributes: { Arn: arn(place, 'kms', `key/${keyId}`), KeyId: keyId } };
    },
    'AWS::KMS::Alias': async (_, properties) => ({ ref: asText(properties.AliasName), attributes: {} }),
    'AWS::Logs::LogGroup': named('LogGroupName', 'logs', 'log-group:'),
    'AWS::S3::BucketPolicy': policy,
    'AWS::SNS::TopicPolicy': policy,
    'AWS::SQS::QueuePolicy': policy,
    'AWS::SecretsManager::ResourcePolicy': policy,
  };
}

/** A key's id has the form of a UUID. */
function keyIdOf({ stackName, logicalId }: ResourceId): string {
  const hash = createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}
