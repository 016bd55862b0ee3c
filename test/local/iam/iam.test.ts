import { beforeEach, describe, expect, test } from '@jest/globals';
import { createIam, type Iam } from '../../../local/iam/iam.ts';
import { PLACE } from '../stepfunctions/support.ts';

const ROLE = 'arn:aws:iam::123456789012:role/ingest';
const id = (logicalId: string) => ({ stackName: 'stack', logicalId });
const document = (Action: string, extra = {}) => ({
  Statement: [{ Effect: 'Allow', Action, Resource: '*', ...extra }],
});
const put = [{ action: 'dynamodb:PutItem', resource: 'arn:aws:dynamodb:us-east-1:123456789012:table/alerts' }];

describe("the twin's IAM", () => {
  let iam: Iam;
  const make = (type: string, logicalId: string, properties: Record<string, unknown>) =>
    iam.provisioners[type]!(id(logicalId), properties);
  const makeRole = (properties: Record<string, unknown> = {}) =>
    make('AWS::IAM::Role', 'Role', {
      RoleName: 'ingest',
      AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'lambda.amazonaws.com' } }] },
      ...properties,
    });

  beforeEach(() => {
    iam = createIam(PLACE);
  });

  test('lets a key do what the policies of its role allow', async () => {
    expect((await makeRole()).attributes.Arn).toBe(ROLE);
    const { accessKeyId } = iam.issueKey(ROLE);
    expect(iam.authorize(accessKeyId, put)).toEqual({ access: put[0], principal: ROLE });
    await make('AWS::IAM::Policy', 'Policy', { PolicyDocument: document('dynamodb:*'), Roles: ['ingest'] });
    expect(iam.authorize(accessKeyId, put)).toBeUndefined();
    expect(iam.denied(ROLE, put[0]!)).toBeUndefined();
  });

  test('counts inline and managed policies, too', async () => {
    await makeRole({
      Policies: [{ PolicyName: 'inline', PolicyDocument: document('dynamodb:PutItem') }],
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
    });
    expect(iam.denied(ROLE, put[0]!)).toBeUndefined();
    expect(iam.denied(ROLE, { action: 'logs:PutLogEvents', resource: '*' })).toBeUndefined();
    expect(iam.denied(ROLE, { action: 's3:PutObject', resource: 'arn:aws:s3:::b/k' })).toBe(
      `User: ${ROLE} is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::b/k because no identity-based policy allows the s3:PutObject action`,
    );
  });

  test('refuses a key that nobody issued, and lets the operator do everything', () => {
    expect(iam.authorize('AKIAUNKNOWN', put)).toMatchObject({ access: put[0] });
    expect(iam.authorize(iam.operator.accessKeyId, put)).toBeUndefined();
  });

  test('lets only the service that a role trusts take it', async () => {
    await makeRole();
    expect(() => iam.assertAssumable(ROLE, 'lambda.amazonaws.com')).not.toThrow();
    expect(() => iam.assertAssumable(ROLE, 'iot.amazonaws.com')).toThrow(
      `iot.amazonaws.com cannot assume the role ${ROLE}, which trusts lambda.amazonaws.com`,
    );
  });

  test('refuses what it would evaluate wrongly', async () => {
    await expect(makeRole({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] })).rejects.toThrow(
      'the twin does not know the managed policy',
    );
    const condition = { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } };
    await makeRole();
    await expect(
      make('AWS::IAM::Policy', 'P', { PolicyDocument: document('s3:*', condition), Roles: ['ingest'] }),
    ).rejects.toThrow('stack/P: the twin does not evaluate the condition operator IpAddress');
  });
});
