import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { Environment } from '../environments.ts';
import { removalPolicyOf } from './removal.ts';

/** A table of ours: keys `pk` and `sk`, paid per request, recoverable to any second, items leave at `expiresAt`. */
export function keyedTable(scope: Construct, id: string, environment: Environment): Table {
  return new Table(scope, id, {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: 'expiresAt',
    deletionProtection: environment.keepsData,
    removalPolicy: removalPolicyOf(environment),
  });
}
