import type { PolicyDocument } from './policy.ts';

const allow = (actions: readonly string[]): PolicyDocument => ({
  Statement: { Effect: 'Allow', Action: actions, Resource: '*' },
});

const writeLogs = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/** The policies of AWS's own that a template may attach, by the end of their ARN. */
const managedPolicies: Readonly<Record<string, PolicyDocument>> = {
  'service-role/AWSLambdaBasicExecutionRole': allow(writeLogs),
  AWSXRayDaemonWriteAccess: allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSampling*']),
  'service-role/AWSLambdaKinesisExecutionRole': allow([
    ...writeLogs,
    'kinesis:DescribeStream',
    'kinesis:DescribeStreamSummary',
    'kinesis:GetRecords',
    'kinesis:GetShardIterator',
    'kinesis:ListShards',
    'kinesis:ListStreams',
    'kinesis:SubscribeToShard',
  ]),
};

/** @param arn `arn:aws:iam::aws:policy/...` */
export function managedPolicy(arn: string): PolicyDocument {
  const name = arn.replace(/^arn:[\w-]+:iam::aws:policy\//, '');
  const policy = managedPolicies[name];
  if (policy) return policy;
  throw new Error(
    `the twin does not know the managed policy ${arn}; it knows ${Object.keys(managedPolicies).join(', ')} (add it in local/iam/managed-policies.ts)`,
  );
}
