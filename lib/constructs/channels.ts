import { RemovalPolicy } from 'aws-cdk-lib';
import { Alias } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Environment } from '../environments.ts';
import { namesOf } from '../names.ts';
import { acknowledge } from './acknowledged.ts';

/** How people are reached: a topic, and a secret with the addresses and keys of the other channels. */
export class Channels extends Construct {
  readonly topic: Topic;
  readonly secret: Secret;

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    this.topic = new Topic(this, 'Notifications', {
      displayName: 'NeuraScale Monitor',
      masterKey: Alias.fromAliasName(this, 'SnsKey', 'alias/aws/sns'),
      enforceSSL: true,
    });
    for (const address of environment.notificationRecipients) {
      this.topic.addSubscription(new EmailSubscription(address));
    }
    // A generated key signs acknowledge links from the first minute. The channels' own keys are put in by a person,
    // `nsmon doctor` says which are missing; CloudFormation never overwrites the value again.
    this.secret = new Secret(this, 'Secret', {
      secretName: namesOf(environment.name).channelsSecret,
      description: 'Addresses and keys of the notification channels, and of people: see docs/deploy.md',
      generateSecretString: {
        secretStringTemplate: JSON.stringify({}),
        generateStringKey: 'acknowledgeSigningKey',
        passwordLength: 64,
        excludePunctuation: true,
      },
      removalPolicy: environment.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(
      this.secret,
      'AwsSolutions-SMG4',
      'Webhook addresses and routing keys are changed at Slack and PagerDuty; a new signing key would break links that are out.',
    );
  }
}
