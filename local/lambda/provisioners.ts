import { existsSync } from 'node:fs';
import { asNumber, asRecord, assertKnown, asText, nameOf } from '../aws/properties.ts';
import { arn, type Place, type Provisioners, type ResourceId } from '../aws/service.ts';
import type { Iam } from '../iam/iam.ts';
import { defaultAsyncPolicy } from './async-invocations.ts';
import type { Lambda } from './lambda.ts';

/** Properties that change nothing on one machine. */
const IGNORED = ['Architectures', 'Description', 'TracingConfig', 'LoggingConfig', 'EphemeralStorage', 'KmsKeyArn'];

/** @param assets S3 object key to the directory of the unpacked asset */
export function lambdaProvisioners(
  lambda: Lambda,
  place: Place,
  iam: Iam,
  assets: ReadonlyMap<string, string>,
): Provisioners {
  return {
    async 'AWS::Lambda::Function'(id, properties) {
      const used = ['FunctionName', 'Code', 'Handler', 'Runtime', 'Role', 'Timeout', 'MemorySize', 'Environment'];
      assertKnown(
        id,
        'AWS::Lambda::Function',
        properties,
        [...used, 'ReservedConcurrentExecutions', 'DeadLetterConfig'],
        IGNORED,
      );
      const runtime = asText(properties.Runtime);
      if (!runtime.startsWith('nodejs')) {
        throw new Error(`Runtime is ${JSON.stringify(properties.Runtime)}; the twin runs nodejs runtimes`);
      }
      const name = nameOf(id, properties.FunctionName);
      const roleArn = asText(properties.Role);
      iam.assertAssumable(roleArn, 'lambda.amazonaws.com');
      const reserved = properties.ReservedConcurrentExecutions;
      const deadLetterArn = asText(asRecord(properties.DeadLetterConfig).TargetArn);
      const functionArn = arn(place, 'lambda', `function:${name}`);
      lambda.add(
        {
          name,
          arn: functionArn,
          roleArn,
          timeoutSeconds: asNumber(properties.Timeout, 3),
          memoryMb: asNumber(properties.MemorySize, 128),
          ...(reserved === undefined ? {} : { reservedConcurrency: asNumber(reserved, 0) }),
          ...(deadLetterArn === '' ? {} : { deadLetterArn }),
        },
        { directory: codeOf(properties.Code, assets), handler: asText(properties.Handler), runtime },
        textRecord(asRecord(properties.Environment).Variables),
      );
      return { ref: name, attributes: { Arn: functionArn } };
    },

    async 'AWS::Lambda::Permission'(id, properties) {
      assertKnown(id, 'AWS::Lambda::Permission', properties, [
        'FunctionName',
        'Action',
        'Principal',
        'SourceArn',
        'SourceAccount',
        'FunctionUrlAuthType',
        'InvokedViaFunctionUrl',
      ]);
      const optional = (member: string, name: string) => name in properties && { [member]: asText(properties[name]) };
      lambda.permissions.add({
        functionArn: lambda.configuration(asText(properties.FunctionName)).arn,
        action: asText(properties.Action),
        principal: asText(properties.Principal),
        ...optional('sourceArn', 'SourceArn'),
        ...optional('sourceAccount', 'SourceAccount'),
        ...optional('functionUrlAuthType', 'FunctionUrlAuthType'),
        invokedViaFunctionUrl: properties.InvokedViaFunctionUrl === true,
      });
      return named(id);
    },

    async 'AWS::Lambda::Url'(id, properties) {
      assertKnown(
        id,
        'AWS::Lambda::Url',
        properties,
        ['AuthType', 'TargetFunctionArn', 'InvokeMode'],
        ['Cors', 'Qualifier'],
      );
      if (properties.AuthType !== 'NONE') {
        throw new Error(`AuthType is ${JSON.stringify(properties.AuthType)}; the twin serves function URLs of NONE`);
      }
      if (properties.InvokeMode === 'RESPONSE_STREAM') throw new Error('the twin does not stream answers');
      const target = asText(properties.TargetFunctionArn);
      const url = await lambda.openUrl(target);
      return { ref: target, attributes: { FunctionUrl: url, FunctionArn: lambda.configuration(target).arn } };
    },

    async 'AWS::Lambda::EventInvokeConfig'(id, properties) {
      assertKnown(
        id,
        'AWS::Lambda::EventInvokeConfig',
        properties,
        ['FunctionName', 'MaximumRetryAttempts', 'MaximumEventAgeInSeconds', 'DestinationConfig'],
        ['Qualifier'],
      );
      const destinations = asRecord(properties.DestinationConfig);
      const onFailureArn = asText(asRecord(destinations.OnFailure).Destination);
      const onSuccessArn = asText(asRecord(destinations.OnSuccess).Destination);
      lambda.asyncQueue(asText(properties.FunctionName)).policy = {
        retries: asNumber(properties.MaximumRetryAttempts, defaultAsyncPolicy.retries),
        maxAgeSeconds: asNumber(properties.MaximumEventAgeInSeconds, defaultAsyncPolicy.maxAgeSeconds),
        ...(onFailureArn && { onFailureArn }),
        ...(onSuccessArn && { onSuccessArn }),
      };
      return named(id);
    },
  };
}

const named = ({ stackName, logicalId }: ResourceId) => ({ ref: `${stackName}-${logicalId}`, attributes: {} });

function codeOf(value: unknown, assets: ReadonlyMap<string, string>): string {
  const key = asText(asRecord(value).S3Key);
  const directory = assets.get(key);
  if (directory === undefined) {
    throw new Error(
      `Code is ${JSON.stringify(value)}; the twin runs assets of the assembly, not inline code or images`,
    );
  }
  if (!existsSync(directory)) throw new Error(`the asset ${directory} does not exist; synthesise the app again`);
  return directory;
}

function textRecord(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(asRecord(value)).map(([name, one]) => [name, asText(one)]));
}
