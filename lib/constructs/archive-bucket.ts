import { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Environment } from '../environments.ts';
import { acknowledge } from './acknowledged.ts';
import { allow, grantTo } from './permissions.ts';
import { removalPolicyOf } from './removal.ts';

/** Prefixes of the archive: points too old for the store, what could not be read, what an IoT rule could not hand on. */
export const ARCHIVE_PREFIX = { archive: 'archive/', parked: 'parked/', errors: 'errors/' } as const;

/** S3 for everything that the pipeline may not lose and the metric store does not take. */
export class ArchiveBucket extends Construct {
  readonly bucket: Bucket;
  /** What IoT Core takes to write down a message that a rule could not hand on. */
  readonly errorRole: Role;

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: removalPolicyOf(environment),
      lifecycleRules: [
        {
          id: 'forget',
          expiration: Duration.days(environment.archiveRetentionDays),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    acknowledge(
      this.bucket,
      'AwsSolutions-S1',
      'Access logs would cost more than the archive: two roles of ours write it, and CloudTrail data events can be switched on.',
    );
    this.errorRole = new Role(this, 'ErrorRole', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });
    grantTo(this.errorRole, [
      allow(['s3:PutObject'], [this.objects('errors')], 'one object a failed message: only the prefix is known before'),
    ]);
  }

  /** The objects below one prefix, for a policy. */
  objects(prefix: keyof typeof ARCHIVE_PREFIX): string {
    return this.bucket.arnForObjects(`${ARCHIVE_PREFIX[prefix]}*`);
  }
}
