import { describe, expect, test } from '@jest/globals';
import { resourcesOf, stubbedBuild, synthesise } from '../support/synthesis.ts';

const builtDir = stubbedBuild();
const prod = synthesise({ env: 'prod' }, builtDir);
const dev = synthesise({ env: 'dev' }, builtDir);

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}
const statementsOf = (type: string): Statement[] =>
  resourcesOf({ alerting: prod.alerting! }, type).flatMap(
    ({ Properties }) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement,
  );
const isAlertsTable = ({ Resource }: Statement): boolean => /"Alerts[0-9A-F]{8}"/.test(JSON.stringify(Resource));

describe('the audit trail', () => {
  test('can be deleted from, or updated, by no function', () => {
    const allowed = statementsOf('AWS::IAM::Policy')
      .filter(isAlertsTable)
      .flatMap(({ Action }) => Action);
    expect(new Set(allowed)).toEqual(new Set(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem']));
  });

  test('has anchors that nobody can replace', () => {
    const once = statementsOf('AWS::S3::BucketPolicy').find(({ Condition }) =>
      JSON.stringify(Condition).includes('s3:if-none-match'),
    );
    expect(once).toMatchObject({
      Effect: 'Deny',
      Action: 's3:PutObject',
      Principal: { AWS: '*' },
      Condition: { Null: { 's3:if-none-match': 'true' } },
    });
  });

  test('has anchors that nobody can delete where data is kept, and that go with the stack elsewhere', () => {
    const anchorsOf = (templates: typeof prod) =>
      resourcesOf({ alerting: templates.alerting! }, 'AWS::S3::Bucket').map(({ Properties }) => Properties);
    const rule = { DefaultRetention: { Mode: 'COMPLIANCE', Days: 730 } };
    expect(anchorsOf(prod)).toMatchObject([
      { ObjectLockEnabled: true, ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: rule } },
    ]);
    expect(anchorsOf(dev)).toHaveLength(1);
    expect(anchorsOf(dev)[0]).not.toHaveProperty('ObjectLockConfiguration');
  });
});

describe('the watcher', () => {
  test('refers to nothing in another stack, and no other stack to it', () => {
    const { watcher, ...others } = prod;
    expect(JSON.stringify(watcher)).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput/);
    expect(JSON.stringify(others)).not.toContain('nsmon-prod-watcher');
  });

  test('tells other people than the first way, over a topic of its own', () => {
    const context = { env: 'dev', watcherRecipients: 'lab@example.net', notificationRecipients: 'duty@example.org' };
    const { watcher, ...others } = synthesise(context, builtDir);
    const endpoints = (templates: typeof prod) =>
      resourcesOf(templates, 'AWS::SNS::Subscription').map(({ Properties }) => Properties.Endpoint);
    expect(endpoints({ watcher: watcher! })).toEqual(['lab@example.net']);
    expect(endpoints(others)).toEqual(['duty@example.org']);
    expect(resourcesOf({ watcher: watcher! }, 'AWS::SNS::Topic')).toHaveLength(1);
  });
});
