import { Stack } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import type { Names } from '../names.ts';

/** The thing whose certificate opened the connection; without one the resource matches nothing. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable of IoT Core
const THING = '${iot:Connection.Thing.ThingName}';

/** What certificates may do: an agent acts as its own thing and no other. */
export class DevicePolicies extends Construct {
  readonly #names: Names;

  constructor(scope: Construct, id: string, names: Names, roleAliasArn: string) {
    super(scope, id);
    this.#names = names;
    this.#policy('Agent', names.agentPolicy, this.#agent());
    this.#policy('Core', names.corePolicy, this.#core(roleAliasArn));
    this.#policy('Claim', names.claimPolicy, this.#claim());
  }

  #policy(id: string, policyName: string, statements: readonly object[]): void {
    new CfnPolicy(this, id, { policyName, policyDocument: { Version: '2012-10-17', Statement: statements } });
  }

  /** Metrics, alerts and outcomes of commands under its own name, what is meant for it, and its next certificate. */
  #agent(): readonly object[] {
    const { metricsRule, alertsRule, healingRule, topicPrefix, rotationTemplate } = this.#names;
    return [
      {
        Effect: 'Allow',
        Action: 'iot:Connect',
        Resource: this.#arn('client', THING),
        Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
      },
      {
        Effect: 'Allow',
        Action: 'iot:Publish',
        Resource: [metricsRule, alertsRule, healingRule].map((rule) =>
          this.#arn('topic', `$aws/rules/${rule}/bci/${THING}/*`),
        ),
      },
      { Effect: 'Allow', Action: 'iot:Subscribe', Resource: this.#arn('topicfilter', `${topicPrefix}/${THING}/*`) },
      { Effect: 'Allow', Action: 'iot:Receive', Resource: this.#arn('topic', `${topicPrefix}/${THING}/*`) },
      ...this.#provisioning(rotationTemplate),
    ];
  }

  /** What the Greengrass nucleus needs beside its components. `#` parts its further connections from other things' names. */
  #core(roleAliasArn: string): readonly object[] {
    const own = ['greengrass/health/json', 'greengrassv2/health/json', 'jobs/*', 'shadow/*'].map(
      (topic) => `$aws/things/${THING}/${topic}`,
    );
    return [
      { Effect: 'Allow', Action: 'iot:Connect', Resource: this.#arn('client', `${THING}#*`) },
      {
        Effect: 'Allow',
        Action: ['iot:Publish', 'iot:Receive'],
        Resource: own.map((topic) => this.#arn('topic', topic)),
      },
      { Effect: 'Allow', Action: 'iot:Subscribe', Resource: own.map((topic) => this.#arn('topicfilter', topic)) },
      { Effect: 'Allow', Action: 'iot:AssumeRoleWithCertificate', Resource: roleAliasArn },
      {
        Effect: 'Allow',
        Action: [
          'greengrass:GetComponentVersionArtifact',
          'greengrass:ResolveComponentCandidates',
          'greengrass:GetDeploymentConfiguration',
          'greengrass:ListThingGroupsForCoreDevice',
        ],
        Resource: '*',
      },
    ];
  }

  /** Nothing but asking for a certificate; its client ids can never be a thing's, so it cuts off nobody. */
  #claim(): readonly object[] {
    return [
      { Effect: 'Allow', Action: 'iot:Connect', Resource: this.#arn('client', 'claim-*') },
      ...this.#provisioning(this.#names.claimTemplate),
    ];
  }

  #provisioning(template: string): readonly object[] {
    const topics = ['$aws/certificates/create/*', `$aws/provisioning-templates/${template}/provision/*`];
    return [
      {
        Effect: 'Allow',
        Action: ['iot:Publish', 'iot:Receive'],
        Resource: topics.map((topic) => this.#arn('topic', topic)),
      },
      { Effect: 'Allow', Action: 'iot:Subscribe', Resource: topics.map((topic) => this.#arn('topicfilter', topic)) },
    ];
  }

  #arn(resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({ service: 'iot', resource, resourceName });
  }
}
