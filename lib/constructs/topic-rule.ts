import { CfnTopicRule } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { ARCHIVE_PREFIX, type ArchiveBucket } from './archive-bucket.ts';

export interface TopicRuleProps {
  readonly ruleName: string;
  readonly description: string;
  readonly sql: string;
  readonly action: CfnTopicRule.ActionProperty;
  readonly archive: ArchiveBucket;
}

/**
 * An IoT rule whose failures are never silent: a message that its action does not take is written to the archive,
 * below `errors/<rule>/`, with the original payload in base64 and the reason.
 */
export class TopicRule extends Construct {
  readonly ruleName: string;

  constructor(scope: Construct, id: string, { ruleName, description, sql, action, archive }: TopicRuleProps) {
    super(scope, id);
    this.ruleName = ruleName;
    new CfnTopicRule(this, 'Rule', {
      ruleName,
      topicRulePayload: {
        description,
        awsIotSqlVersion: '2016-03-23',
        sql,
        actions: [action],
        errorAction: {
          s3: {
            bucketName: archive.bucket.bucketName,
            key: `${ARCHIVE_PREFIX.errors}${ruleName}/\${timestamp()}-\${newuuid()}.json`,
            roleArn: archive.errorRole.roleArn,
          },
        },
      },
    });
  }
}
