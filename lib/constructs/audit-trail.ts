import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { AnchorAuditEnv } from '../../lambdas/anchor-audit/env.ts';
import type { Environment } from '../environments.ts';
import { acknowledge } from './acknowledged.ts';
import { giveUpTo } from './async-invocation.ts';
import { MonitorFunction } from './function.ts';
import { MinuteSchedule } from './minute-schedule.ts';
import type { PathAlarms } from './path-alarms.ts';
import { allow } from './permissions.ts';
import { removalPolicyOf } from './removal.ts';

export interface AuditTrailProps {
  readonly environment: Environment;
  readonly functionsDir: string;
  readonly alerts: Table;
  readonly undelivered: Queue;
  readonly alarms: PathAlarms;
}

/**
 * What makes the audit trail in the alerts table hold against those who may write the table: once a minute the ends of
 * its chains go into a bucket in which nothing can be replaced, nor deleted for years where the environment keeps data.
 */
export class AuditTrail extends Construct {
  readonly anchors: Bucket;

  constructor(scope: Construct, id: string, props: AuditTrailProps) {
    super(scope, id);
    const { environment, functionsDir, alerts, undelivered, alarms } = props;
    this.anchors = this.#bucket(environment);
    const objects = this.anchors.arnForObjects('anchors/*');
    const anchor = new MonitorFunction<AnchorAuditEnv>(this, 'Anchor', {
      name: 'anchor-audit',
      description: 'Writes down once a minute where the audit trail ends, so that nobody can rewrite it',
      environment,
      functionsDir,
      timeoutSeconds: 50,
      memoryMb: 256,
      variables: {
        ALERTS_TABLE: alerts.tableName,
        ANCHOR_BUCKET: this.anchors.bucketName,
        ENVIRONMENT: environment.name,
      },
      permissions: [
        allow(['dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:PutItem'], [alerts.tableArn]),
        allow(['s3:PutObject', 's3:GetObject'], [objects], 'one object an anchor: only the prefix is known before'),
      ],
    });
    giveUpTo(anchor.lambda, { queue: undelivered, retries: 0, within: Duration.minutes(1) });
    new MinuteSchedule(this, 'AnchorEveryMinute', { target: anchor.lambda, undelivered });
    alarms.watchFunction(anchor);
    alarms.watchCounter(
      'audit-lost',
      'audit',
      'AuditEventsLost',
      'Events are missing in the audit trail; the log of the function that lost them has them in full.',
    );
  }

  #bucket(environment: Environment): Bucket {
    const { auditLockDays, keepsData } = environment;
    const bucket = new Bucket(this, 'Anchors', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      removalPolicy: removalPolicyOf(environment),
      // Compliance mode: nobody can shorten it, whoever owns the account.
      ...(keepsData && { objectLockDefaultRetention: ObjectLockRetention.compliance(Duration.days(auditLockDays)) }),
    });
    bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'WriteOnce',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects('*')],
        conditions: { Null: { 's3:if-none-match': 'true' } },
      }),
    );
    acknowledge(
      bucket,
      'AwsSolutions-S1',
      'One function writes it and nothing in it can be replaced; CloudTrail data events can be switched on.',
    );
    return bucket;
  }
}
