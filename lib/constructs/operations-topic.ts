import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Environment } from '../environments.ts';
import { removalPolicyOf } from './removal.ts';

export interface OperationsTopicProps {
  readonly environment: Environment;
  readonly displayName: string;
  /** E-mail addresses. */
  readonly recipients: readonly string[];
}

/** Where the system's own alarms go. Apart from the topic that patients' and devices' alerts use. */
export class OperationsTopic extends Construct {
  readonly topic: Topic;
  /** Of the key that who publishes must use, too. */
  readonly keyArn: string;

  constructor(scope: Construct, id: string, { environment, displayName, recipients }: OperationsTopicProps) {
    super(scope, id);
    // CloudWatch cannot publish to a topic under the key that AWS manages for SNS.
    const key = new Key(this, 'Key', {
      description: `${displayName}, ${environment.name}`,
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
      displayName,
      masterKey: key,
      enforceSSL: true,
    });
    this.keyArn = key.keyArn;
    for (const address of recipients) this.topic.addSubscription(new EmailSubscription(address));
  }
}
