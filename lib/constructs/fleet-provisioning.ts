import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnProvisioningTemplate } from 'aws-cdk-lib/aws-iot';
import { CfnPermission, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { allow, grantTo } from './permissions.ts';

export interface FleetProvisioningProps {
  readonly names: Names;
  readonly hook: LambdaFunction;
}

/**
 * How a device gets its certificate, and the next one. Two templates make the same thing: `claim` for a device that
 * has only the claim certificate of its production run, `rotate` for one that has a certificate of its own. A hook
 * admits the device and says whose it is.
 */
export class FleetProvisioning extends Construct {
  constructor(scope: Construct, id: string, { names, hook }: FleetProvisioningProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });
    grantTo(role, [
      allow(
        [
          'iot:DescribeCertificate',
          'iot:UpdateCertificate',
          'iot:AttachPolicy',
          'iot:ListAttachedPolicies',
          'iot:GetPolicy',
          'iot:AttachThingPrincipal',
          'iot:ListThingPrincipals',
          'iot:ListPrincipalThings',
          'iot:CreateThing',
          'iot:DescribeThing',
          'iot:UpdateThing',
          'iot:DescribeThingType',
          'iot:DescribeThingGroup',
          'iot:AddThingToThingGroup',
          'iot:ListThingGroupsForThing',
          'iot:RegisterThing',
        ],
        ['*'],
        'it makes things and activates certificates that do not exist before',
      ),
    ]);

    const template = (templateId: string, templateName: string, description: string): void => {
      const permission = new CfnPermission(this, `${templateId}Permission`, {
        action: 'lambda:InvokeFunction',
        functionName: hook.functionArn,
        principal: 'iot.amazonaws.com',
        sourceAccount: stack.account,
        sourceArn: stack.formatArn({ service: 'iot', resource: 'provisioningtemplate', resourceName: templateName }),
      });
      const made = new CfnProvisioningTemplate(this, templateId, {
        templateName,
        description,
        enabled: true,
        provisioningRoleArn: role.roleArn,
        preProvisioningHook: { targetArn: hook.functionArn, payloadVersion: '2020-04-01' },
        templateBody: JSON.stringify(provisioningTemplate(names)),
      });
      made.node.addDependency(permission, role);
    };
    template('Claim', names.claimTemplate, 'A device of a production run, with the claim certificate.');
    template('Rotation', names.rotationTemplate, 'A device that asks for its next certificate with its present one.');
  }
}

/**
 * The body of a provisioning template. A device gives its `SerialNumber`; the hook gives the name and the owner.
 * Tenant and site of an existing thing are merged, so that a rotation loses no attribute that somebody added.
 */
function provisioningTemplate({ agentPolicy, corePolicy, thingGroup, thingType }: Names): object {
  const parameter = { Type: 'String' };
  return {
    Parameters: {
      SerialNumber: parameter,
      ThingName: parameter,
      Tenant: parameter,
      Site: parameter,
      'AWS::IoT::Certificate::Id': parameter,
    },
    Resources: {
      certificate: {
        Type: 'AWS::IoT::Certificate',
        Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' }, Status: 'Active' },
      },
      agentPolicy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: agentPolicy } },
      corePolicy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: corePolicy } },
      thing: {
        Type: 'AWS::IoT::Thing',
        OverrideSettings: { AttributePayload: 'MERGE', ThingTypeName: 'DO_NOTHING', ThingGroups: 'DO_NOTHING' },
        Properties: {
          ThingName: { Ref: 'ThingName' },
          ThingTypeName: thingType,
          ThingGroups: [thingGroup],
          AttributePayload: { serial: { Ref: 'SerialNumber' }, tenant: { Ref: 'Tenant' }, site: { Ref: 'Site' } },
        },
      },
    },
  };
}
