import { join } from 'node:path';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnThingGroup, CfnThingType } from 'aws-cdk-lib/aws-iot';
import type { Construct } from 'constructs';
import type { RegisterDeviceEnv } from '../../lambdas/register-device/env.ts';
import { DevicePolicies } from '../constructs/device-policies.ts';
import { EdgeComponent } from '../constructs/edge-component.ts';
import { FleetProvisioning } from '../constructs/fleet-provisioning.ts';
import { MonitorFunction } from '../constructs/function.ts';
import type { OperationsTopic } from '../constructs/operations-topic.ts';
import { PathAlarms } from '../constructs/path-alarms.ts';
import { allow } from '../constructs/permissions.ts';
import { keyedTable } from '../constructs/table.ts';
import { TokenExchange } from '../constructs/token-exchange.ts';
import type { Environment } from '../environments.ts';
import { namesOf } from '../names.ts';

export interface EdgeStackProps extends StackProps {
  readonly environment: Environment;
  /** What `buildAll` left. */
  readonly builtDir: string;
  readonly operations: OperationsTopic;
}

/** Everything at the edge: who may connect and as what, how a device gets its certificate, and what runs on it. */
export class EdgeStack extends Stack {
  constructor(scope: Construct, id: string, props: EdgeStackProps) {
    const { environment, builtDir, operations, ...stackProps } = props;
    super(scope, id, stackProps);
    const names = namesOf(environment.name);
    new CfnThingType(this, 'AgentType', {
      thingTypeName: names.thingType,
      thingTypeProperties: {
        thingTypeDescription: 'Runs the edge agent of NeuraScale Monitor',
        searchableAttributes: ['serial', 'tenant', 'site'],
      },
    });
    const agents = new CfnThingGroup(this, 'Agents', { thingGroupName: names.thingGroup });

    const tokenExchange = new TokenExchange(this, 'TokenExchange', names);
    new DevicePolicies(this, 'Policies', names, tokenExchange.roleAliasArn);
    new EdgeComponent(this, 'Agent', {
      environment,
      artifactsDir: join(builtDir, 'edge-agent'),
      agents,
      tokenExchange,
    });

    const registration = this.#registration(environment, join(builtDir, 'lambdas'));
    new FleetProvisioning(this, 'Provisioning', { names, hook: registration.lambda });

    const alarms = new PathAlarms(this, 'Alarms');
    alarms.watchFunction(registration);
    alarms.watchCounter(
      'refused',
      'register-device',
      'DevicesRefused',
      'A device asked for a certificate and was refused: a wrong serial number, or a claim certificate in wrong hands.',
    );
    alarms.notify(operations.topic, `nsmon-${environment.name}-provisioning`, 'Devices cannot get certificates.');
  }

  #registration(environment: Environment, functionsDir: string): MonitorFunction<RegisterDeviceEnv> {
    const devices = keyedTable(this, 'Devices', environment);
    new CfnOutput(this, 'DevicesTableName', { value: devices.tableName });
    return new MonitorFunction<RegisterDeviceEnv>(this, 'Registration', {
      name: 'register-device',
      description: 'Says whether a device may have a certificate, and whose the device is',
      environment,
      functionsDir,
      // IoT Core waits no longer.
      timeoutSeconds: 5,
      memoryMb: 512,
      variables: {
        DEVICES_TABLE: devices.tableName,
        ROTATION_TEMPLATE: namesOf(environment.name).rotationTemplate,
      },
      permissions: [
        allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], [devices.tableArn]),
        allow(
          ['iot:ListThingPrincipals'],
          [this.formatArn({ service: 'iot', resource: 'thing', resourceName: '*' })],
          'any thing may rotate its certificate',
        ),
        allow(
          ['iot:UpdateCertificate'],
          [this.formatArn({ service: 'iot', resource: 'cert', resourceName: '*' })],
          'any thing may rotate its certificate',
        ),
      ],
    });
  }
}
