import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Environment } from '../environments.ts';
import { removalPolicyOf } from './removal.ts';

/** Where the pipeline's own alarms go. Apart from the topic that patients' and devices' alerts use. */
export class OperationsTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    // CloudWatch cannot publish to a topic under the key that AWS manages for SNS.
    const key = new Key(this, 'Key', {
      description: `NeuraScale Monitor ${environment.name}: alarms of the pipeline`,
      enableKeyRotation: true,
      removalPolicy: removalPolicyOf(environment),
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
      }),
    );
    this.topic = new Topic(this, 'Topic', {
      displayName: 'NeuraScale Monitor: pipeline',
      masterKey: key,
      enforceSSL: true,
    });
    for (const address of environment.alarmRecipients) this.topic.addSubscription(new EmailSubscription(address));
  }
}
