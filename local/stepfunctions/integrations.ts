import { type Access, AwsError } from '../aws/service.ts';
import { StateError } from './errors.ts';

/** What a Task asks of another service. */
export interface Integration {
  /** The optimised integration's name, such as `lambda:invoke`. */
  readonly action: string;
  readonly waitForTaskToken: boolean;
}

/** What a Lambda function answered; `functionError` when it threw. */
export interface LambdaResult {
  readonly payload: unknown;
  readonly functionError?: string;
}

/** The services that tasks reach, as the twin provides them. They throw `AwsError` for errors of the service itself. */
export interface IntegrationPorts {
  invokeLambda(functionName: string, payload: unknown): Promise<LambdaResult>;
  publish(topicArn: string, message: string, subject: string | undefined): Promise<{ messageId: string }>;
  startExecution(
    stateMachineArn: string,
    name: string | undefined,
    input: string,
  ): Promise<{ executionArn: string; startDate: number }>;
  /** Whether the machine's role may do it; undefined when it may. */
  denied?(roleArn: string, access: Access): string | undefined;
}

const SERVICES: Readonly<Record<string, string>> = {
  'lambda:invoke': 'Lambda',
  'sns:publish': 'SNS',
  'states:startExecution': 'StepFunctions',
};

/** @throws Error saying what can be called instead */
export function parseResource(resource: string): Integration {
  if (resource.startsWith('arn:aws:lambda:')) return { action: resource, waitForTaskToken: false };
  const [, action = '', pattern] = /^arn:aws:states:::((?:[\w-]+:)*[\w-]+)(?:\.(.+))?$/.exec(resource) ?? [];
  if (!(action in SERVICES) || (pattern !== undefined && pattern !== 'waitForTaskToken')) {
    throw new Error(
      `Resource "${resource}" does not run in the twin; it has ${Object.keys(SERVICES).join(', ')} (also .waitForTaskToken) and Lambda ARNs`,
    );
  }
  return { action, waitForTaskToken: pattern === 'waitForTaskToken' };
}

/** Calls a service for a task and gives the raw result. @throws StateError by the service's error, as `Lambda.<Name>` */
export async function call(
  action: string,
  argument: unknown,
  roleArn: string,
  ports: IntegrationPorts,
): Promise<unknown> {
  const service = SERVICES[action] ?? 'Lambda';
  try {
    switch (action) {
      case 'lambda:invoke': {
        const { FunctionName, Payload } = argument as { FunctionName: string; Payload?: unknown };
        allow({ action: 'lambda:InvokeFunction', resource: FunctionName }, roleArn, ports);
        return {
          ExecutedVersion: '$LATEST',
          Payload: payloadOf(await ports.invokeLambda(FunctionName, Payload ?? {})),
          StatusCode: 200,
        };
      }
      case 'sns:publish': {
        const { TopicArn, Message, Subject } = argument as { TopicArn: string; Message: unknown; Subject?: string };
        allow({ action: 'sns:Publish', resource: TopicArn }, roleArn, ports);
        const { messageId } = await ports.publish(TopicArn, textOf(Message), Subject);
        return { MessageId: messageId };
      }
      case 'states:startExecution': {
        const { StateMachineArn, Name, Input } = argument as {
          StateMachineArn: string;
          Name?: string;
          Input?: unknown;
        };
        allow({ action: 'states:StartExecution', resource: StateMachineArn }, roleArn, ports);
        const { executionArn, startDate } = await ports.startExecution(StateMachineArn, Name, textOf(Input ?? {}));
        return { ExecutionArn: executionArn, StartDate: startDate / 1000 };
      }
      default:
        allow({ action: 'lambda:InvokeFunction', resource: action }, roleArn, ports);
        return payloadOf(await ports.invokeLambda(action, argument));
    }
  } catch (error) {
    if (error instanceof AwsError) {
      const name = error.name.endsWith('Exception') ? error.name : `${error.name}Exception`;
      throw new StateError(`${service}.${name}`, error.message);
    }
    throw error;
  }
}

function allow(access: Access, roleArn: string, { denied }: IntegrationPorts): void {
  const reason = denied?.(roleArn, access);
  if (reason !== undefined) throw new AwsError('AccessDeniedException', reason, 403);
}

/** A function that threw fails the task by the type of its error. */
function payloadOf({ payload, functionError }: LambdaResult): unknown {
  if (functionError === undefined) return payload ?? null;
  const { errorType } = (payload ?? {}) as { errorType?: string };
  throw new StateError(errorType ?? functionError, JSON.stringify(payload));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
