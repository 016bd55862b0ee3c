import { UserError } from '../core/user-error.ts';
import { generatedName } from './aws/properties.ts';
import { arn, type Place, type Provisioner, type Provisioners } from './aws/service.ts';
import type { Stack } from './template/assembly.ts';

/**
 * How the twin stands in for a resource type: it `runs` it, `enforces` it as a policy, or leaves it out on purpose
 * (`inert`), with the reason and the attributes that other resources ask for.
 */
export type Standing =
  | { readonly kind: 'runs' | 'enforced' }
  | { readonly kind: 'inert'; readonly because: string; readonly attributes?: readonly string[] };

const runs: Standing = { kind: 'runs' };
const enforced: Standing = { kind: 'enforced' };
const inert = (because: string, attributes: readonly string[] = []): Standing => ({
  kind: 'inert',
  because,
  attributes,
});

const ALARMS = 'alarms of CloudWatch are not evaluated; the metrics that they watch are there to be read';
const GRAFANA = 'Managed Grafana is not run: the twin serves the same dashboards itself';
const PROVISIONING = 'the twin issues the certificates of things itself';
const SAME_ACCOUNT = 'within one account the policy of the role that calls decides';
const NUCLEUS = 'no Greengrass nucleus is run: the twin starts the same agent directly';

/** Every resource type that the twin knows. Any other is an error at start. */
export const resourceTypes: Readonly<Record<string, Standing>> = {
  'AWS::APS::Workspace': runs,
  'AWS::DynamoDB::Table': runs,
  'AWS::Events::Rule': runs,
  'AWS::IoT::TopicRule': runs,
  'AWS::Kinesis::Stream': runs,
  'AWS::Kinesis::StreamConsumer': runs,
  'AWS::Lambda::EventInvokeConfig': runs,
  'AWS::Lambda::EventSourceMapping': runs,
  'AWS::Lambda::Function': runs,
  'AWS::Lambda::Url': runs,
  'AWS::S3::Bucket': runs,
  'AWS::SNS::Subscription': runs,
  'AWS::SNS::Topic': runs,
  'AWS::SQS::Queue': runs,
  'AWS::Scheduler::Schedule': runs,
  'AWS::SecretsManager::Secret': runs,
  'AWS::StepFunctions::StateMachine': runs,
  'AWS::Timestream::Database': runs,
  'AWS::Timestream::Table': runs,

  'AWS::IAM::ManagedPolicy': enforced,
  'AWS::IAM::Policy': enforced,
  'AWS::IAM::Role': enforced,
  'AWS::IoT::Policy': enforced,
  'AWS::IoT::ProvisioningTemplate': enforced,
  'AWS::IoT::ThingType': enforced,
  'AWS::Lambda::Permission': enforced,

  'AWS::CloudWatch::Alarm': inert(ALARMS, ['Arn']),
  'AWS::CloudWatch::CompositeAlarm': inert(ALARMS, ['Arn']),
  'AWS::Grafana::Workspace': inert(GRAFANA, ['Id', 'Endpoint', 'GrafanaVersion', 'Status', 'SsoClientId']),
  'AWS::GreengrassV2::ComponentVersion': inert(NUCLEUS, ['Arn', 'ComponentName', 'ComponentVersion']),
  'AWS::GreengrassV2::Deployment': inert(NUCLEUS, ['DeploymentId']),
  'AWS::IoT::RoleAlias': inert(NUCLEUS, ['RoleAliasArn']),
  'AWS::IoT::ThingGroup': inert(PROVISIONING, ['Arn', 'Id']),
  'AWS::KMS::Alias': inert('nothing is encrypted at rest on one machine'),
  'AWS::KMS::Key': inert('nothing is encrypted at rest on one machine', ['Arn', 'KeyId']),
  'AWS::Logs::LogGroup': inert("the functions' logs go to the twin's own log", ['Arn']),
  'AWS::Logs::MetricFilter': inert("the functions' logs go to the twin's own log"),
  'AWS::Logs::ResourcePolicy': inert("the functions' logs go to the twin's own log"),
  'AWS::S3::BucketPolicy': inert(SAME_ACCOUNT),
  'AWS::SNS::TopicPolicy': inert(SAME_ACCOUNT),
  'AWS::SQS::QueuePolicy': inert(SAME_ACCOUNT),
  'Custom::NsmonDashboards': inert(GRAFANA),
};

/** Of the toolkit itself: it makes nothing. */
const METADATA = 'AWS::CDK::Metadata';

/** @throws UserError naming every resource whose type the twin does not know */
export function assertTypesKnown(stacks: readonly Stack[]): void {
  const unknown = stacks.flatMap(({ name, template }) =>
    Object.entries(template.Resources ?? {})
      .filter(([, { Type }]) => !(Type in resourceTypes) && Type !== METADATA)
      .map(([id, { Type }]) => `  ${name}/${id}: ${Type}`),
  );
  if (unknown.length === 0) return;
  throw new UserError(
    `The twin does not know these resources of the template:\n${unknown.join('\n')}\nSay in local/resources.ts how it stands in for each of these types.`,
  );
}

/** What makes a resource of a type: the service that runs it, or nothing but a name. */
export function provisionerOf(type: string, provisioners: Provisioners, place: Place): Provisioner {
  const standing = resourceTypes[type];
  if (standing?.kind === 'inert') return nameOnly(type, standing.attributes ?? [], place);
  const provisioner = provisioners[type];
  if (!provisioner) throw new Error(`no service of the twin makes ${type}`);
  return provisioner;
}

/** An inert resource has a name and an ARN, so that others can refer to it. */
function nameOnly(type: string, attributes: readonly string[], place: Place): Provisioner {
  const [, service = '', kind = ''] = type.split('::');
  return async (id, properties) => {
    const given = properties[`${kind}Name`] ?? properties.Name;
    const name = typeof given === 'string' ? given : generatedName(id);
    const own = arn(place, service.toLowerCase(), `${kind.toLowerCase()}/${name}`);
    const value = (attribute: string) => (attribute.endsWith('Arn') ? own : name);
    return { ref: name, attributes: Object.fromEntries(attributes.map((one) => [one, value(one)])) };
  };
}
