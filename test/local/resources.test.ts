import { describe, expect, test } from '@jest/globals';
import { assertTypesKnown, provisionerOf, resourceTypes } from '../../local/resources.ts';
import type { Stack } from '../../local/template/assembly.ts';
import { PLACE } from './stepfunctions/support.ts';

const resource = (Type: string) => ({ Type });

describe('the table of resource types', () => {
  test('names everything that it does not know, at once', () => {
    const stacks: Stack[] = [
      { name: 'one', template: { Resources: { A: resource('AWS::EC2::VPC'), B: resource('AWS::S3::Bucket') } } },
      { name: 'two', template: { Resources: { C: resource('Custom::Thing'), D: resource('AWS::CDK::Metadata') } } },
    ];
    expect(() => assertTypesKnown(stacks)).toThrow(
      'The twin does not know these resources of the template:\n  one/A: AWS::EC2::VPC\n  two/C: Custom::Thing\n',
    );
  });

  test('gives every inert type a reason', () => {
    for (const standing of Object.values(resourceTypes)) {
      if (standing.kind === 'inert') expect(standing.because.length).toBeGreaterThan(20);
    }
  });

  test('gives an inert resource a name and an ARN to refer to', async () => {
    const make = provisionerOf('AWS::IoT::ThingGroup', {}, PLACE);
    expect(await make({ stackName: 's', logicalId: 'Agents' }, { ThingGroupName: 'agents' })).toEqual({
      ref: 'agents',
      attributes: { Arn: 'arn:aws:iot:us-east-1:123456789012:thinggroup/agents', Id: 'agents' },
    });
  });

  test('says so when no service makes a type that is said to run', () => {
    expect(() => provisionerOf('AWS::S3::Bucket', {}, PLACE)).toThrow('no service of the twin makes AWS::S3::Bucket');
  });
});
