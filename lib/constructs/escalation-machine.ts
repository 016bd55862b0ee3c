import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { escalationDefinition } from '../../core/escalation/state-machine.ts';
import type { Environment } from '../environments.ts';
import { namesOf } from '../names.ts';
import { acknowledgeWildcards, allow, grantTo } from './permissions.ts';

export interface EscalationMachineProps {
  readonly environment: Environment;
  readonly decide: IFunction;
  readonly notify: IFunction;
  readonly wait: IFunction;
}

/** The escalation as a Standard state machine: one execution a generation of an alert group. */
export class EscalationMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { environment, decide, notify, wait }: EscalationMachineProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const stateMachineName = namesOf(environment.name).escalation;
    const logs = new LogGroup(this, 'Log', {
      logGroupName: `/aws/vendedlogs/states/${stateMachineName}`,
      retention: environment.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    const itself = `arn:${stack.partition}:states:${stack.region}:${stack.account}:stateMachine:${stateMachineName}`;
    grantTo(role, [
      allow(
        ['lambda:InvokeFunction'],
        [decide, notify, wait].map(({ functionArn }) => functionArn),
      ),
      // Continues as a new execution of itself; by name, as a reference to itself would be a circle.
      allow(['states:StartExecution'], [itself]),
    ]);
    acknowledgeWildcards(role, ['*'], 'delivery of logs and X-Ray segments know no resources');
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(
        stack.toJsonString(
          escalationDefinition({
            decideArn: decide.functionArn,
            notifyArn: notify.functionArn,
            waitArn: wait.functionArn,
          }),
        ),
      ),
      role,
      tracingEnabled: true,
      logs: { destination: logs, level: LogLevel.ALL, includeExecutionData: true },
    });
  }
}
