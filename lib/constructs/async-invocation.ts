import type { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

export interface GiveUp {
  readonly queue: Queue;
  readonly retries: 0 | 1 | 2;
  /** At least a minute. */
  readonly within: Duration;
}

/** Says when an asynchronous invocation is given up, and where its event goes then. */
export function giveUpTo(lambda: LambdaFunction, { queue, retries, within }: GiveUp): void {
  lambda.configureAsyncInvoke({
    retryAttempts: retries,
    maxEventAge: within,
    onFailure: new SqsDestination(queue),
  });
}
