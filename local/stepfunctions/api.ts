import { type JsonOperations, jsonService } from '../aws/json-service.ts';
import { asRecord, assertKnown, asText, nameOf } from '../aws/properties.ts';
import type { AwsService, Provisioners } from '../aws/service.ts';
import { type EngineOptions, StepFunctions } from './engine.ts';
import type { Execution } from './execution.ts';
import { detailsKey } from './history.ts';

export interface StepFunctionsService {
  readonly service: AwsService;
  readonly provisioners: Provisioners;
  /** The engine itself: machines, executions and their histories without the detour over HTTP. */
  readonly engine: StepFunctions;
}

/** Step Functions: `AWSStepFunctions.<Operation>` in JSON 1.0. Times on the wire are epoch seconds. */
export function createStepFunctions(options: EngineOptions): StepFunctionsService {
  const engine = new StepFunctions(options);

  const operations: JsonOperations = {
    StartExecution(request) {
      const name = request.name === undefined ? undefined : asText(request.name);
      const execution = engine.start(asText(request.stateMachineArn), name, asText(request.input, '{}'));
      return { executionArn: execution.arn, startDate: execution.startedAt / 1000 };
    },
    DescribeExecution: (request) => describe(engine.execution(asText(request.executionArn))),
    GetExecutionHistory: (request) => historyPage(engine.execution(asText(request.executionArn)), request),
    ListExecutions(request) {
      const { arn } = engine.machine(asText(request.stateMachineArn));
      const wanted = asText(request.statusFilter);
      const executions = engine.executions(arn).filter(({ status }) => wanted === '' || status === wanted);
      return { executions: executions.slice(0, Number(request.maxResults) || 100).map(summary) };
    },
    async StopExecution(request) {
      const execution = engine.execution(asText(request.executionArn));
      execution.stop(request.error === undefined ? undefined : asText(request.error), asText(request.cause));
      await execution.ended;
      return { stopDate: (execution.stoppedAt ?? execution.startedAt) / 1000 };
    },
    SendTaskSuccess(request) {
      engine.tokens.succeed(asText(request.taskToken), asText(request.output));
      return {};
    },
    SendTaskFailure(request) {
      engine.tokens.fail(asText(request.taskToken), asText(request.error), asText(request.cause));
      return {};
    },
    SendTaskHeartbeat(request) {
      engine.tokens.heartbeat(asText(request.taskToken));
      return {};
    },
    DescribeStateMachine(request) {
      const { arn, name, roleArn, source, createdAt } = engine.machine(asText(request.stateMachineArn));
      return {
        stateMachineArn: arn,
        name,
        roleArn,
        definition: source,
        type: 'STANDARD',
        status: 'ACTIVE',
        creationDate: createdAt / 1000,
      };
    },
    ListStateMachines: () => ({
      stateMachines: engine.machines().map(({ arn, name, createdAt }) => ({
        stateMachineArn: arn,
        name,
        type: 'STANDARD',
        creationDate: createdAt / 1000,
      })),
    }),
  };

  const service = jsonService({
    signingName: 'states',
    title: 'Step Functions',
    operations,
    access(operation, { stateMachineArn, executionArn, taskToken }) {
      const machineOfToken = typeof taskToken === 'string' ? engine.tokens.ownerOf(taskToken) : undefined;
      const resource = asText(stateMachineArn) || asText(executionArn) || machineOfToken || '*';
      return [{ action: `states:${operation}`, resource }];
    },
    close: () => engine.close(),
  });

  return { service, provisioners: provisionersOf(engine), engine };
}

function summary({ arn, name, machine, status, startedAt, stoppedAt }: Execution) {
  return {
    executionArn: arn,
    stateMachineArn: machine.arn,
    name,
    status,
    startDate: startedAt / 1000,
    ...(stoppedAt === undefined ? {} : { stopDate: stoppedAt / 1000 }),
  };
}

function describe(execution: Execution) {
  const { input, output, error, cause } = execution;
  return { ...summary(execution), input, output, error, cause };
}

function historyPage(execution: Execution, request: Readonly<Record<string, unknown>>) {
  const { events } = execution.history;
  const ordered = request.reverseOrder === true ? [...events].reverse() : events;
  const from = Number(asText(request.nextToken, '0'));
  const to = from + (Number(request.maxResults) || 100);
  return {
    events: ordered.slice(from, to).map(({ id, previousEventId, timestamp, type, details }) => ({
      id,
      previousEventId,
      timestamp: timestamp / 1000,
      type,
      [detailsKey(type)]: details,
    })),
    ...(to < ordered.length ? { nextToken: String(to) } : {}),
  };
}

const TYPE = 'AWS::StepFunctions::StateMachine';
const USED = [
  'StateMachineName',
  'RoleArn',
  'DefinitionString',
  'Definition',
  'DefinitionSubstitutions',
  'StateMachineType',
];
const IGNORED = ['LoggingConfiguration', 'TracingConfiguration', 'EncryptionConfiguration'];

function provisionersOf(engine: StepFunctions): Provisioners {
  return {
    async [TYPE](id, properties) {
      assertKnown(id, TYPE, properties, USED, IGNORED);
      if (asText(properties.StateMachineType, 'STANDARD') !== 'STANDARD') {
        throw new Error(
          `${id.stackName}/${id.logicalId}: the twin runs STANDARD state machines, not ${asText(properties.StateMachineType)}.`,
        );
      }
      const { DefinitionString, Definition, DefinitionSubstitutions } = properties;
      let source = typeof DefinitionString === 'string' ? DefinitionString : JSON.stringify(Definition);
      for (const [name, value] of Object.entries(asRecord(DefinitionSubstitutions))) {
        source = source.replaceAll(`\${${name}}`, asText(value));
      }
      try {
        const { arn, name } = engine.createMachine(
          nameOf(id, properties.StateMachineName),
          source,
          asText(properties.RoleArn),
        );
        return { ref: arn, attributes: { Arn: arn, Name: name, StateMachineRevisionId: 'INITIAL' } };
      } catch (error) {
        throw new Error(`${id.stackName}/${id.logicalId}: ${(error as Error).message}`);
      }
    },
  };
}
