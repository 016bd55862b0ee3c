import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { allow, grantTo } from './permissions.ts';

export interface MinuteScheduleProps {
  readonly target: LambdaFunction;
  /** Where an invocation goes that the scheduler could not make. */
  readonly undelivered: Queue;
}

/** Invokes a function every minute. One that was missed is not made up for: the next tick sees the same world. */
export class MinuteSchedule extends Construct {
  constructor(scope: Construct, id: string, { target, undelivered }: MinuteScheduleProps) {
    super(scope, id);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
    grantTo(role, [
      allow(['lambda:InvokeFunction'], [target.functionArn]),
      allow(['sqs:SendMessage'], [undelivered.queueArn]),
    ]);
    new CfnSchedule(this, 'Schedule', {
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: target.functionArn,
        roleArn: role.roleArn,
        retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 },
        deadLetterConfig: { arn: undelivered.queueArn },
      },
    });
  }
}
