import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * States why a finding of cdk-nag (`AwsSolutions-IAM5`) or of the CloudFormation validator
 * (`CloudFormation-Validate::W3697`) is right as it is, beside the construct that it is about.
 */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}
