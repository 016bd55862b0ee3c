import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { boards } from '../../dashboards/build.ts';
import type { Provision } from '../../lambdas/provision-dashboards/env.ts';
import { functionNames } from '../../lib/functions.ts';
import { parseExpression, parseStatement } from '../../local/iot/sql/parse.ts';
import { rendered } from '../support/rendered.ts';
import { type Resource, resourcesOf, stubbedBuild, synthesise, type Templates } from '../support/synthesis.ts';
import { iamProblems } from './checks/iam.ts';
import { actionsAllowed, actionsCalled } from './checks/permissions.ts';
import { expressionsOf, jsonataProblems } from './checks/state-machine.ts';

type Validator = (definition: unknown) => { isValid: boolean; errorsText: (separator?: string) => string };
const validateStateMachine = createRequire(import.meta.url)('asl-validator') as Validator;

const STACKS = ['alerting', 'dashboards', 'edge', 'ingest', 'store', 'watcher'];
const builtDir = stubbedBuild();
const combinations = ['dev', 'staging', 'prod'].flatMap((env) =>
  ['timestream', 'prometheus'].map((metricStore) => ({ env, metricStore })),
);
/** Of `<env> <store>`. Synthesised strictly: a finding of the validator or of cdk-nag without a reason throws. */
const all = new Map<string, Templates>();
const templatesOf = (env: string, store: string): Templates => {
  const templates = all.get(`${env} ${store}`);
  if (!templates) throw new Error(`${env} with ${store} is not synthesised`);
  return templates;
};

beforeAll(() => {
  for (const { env, metricStore } of combinations) {
    all.set(`${env} ${metricStore}`, synthesise({ env, metricStore, checks: 'strict' }, builtDir));
  }
}, 120_000);

describe.each(combinations)('$env with $metricStore', ({ env, metricStore }) => {
  test('is six stacks without a finding that has no reason', () => {
    expect(Object.keys(templatesOf(env, metricStore)).sort()).toEqual(STACKS);
  });

  test('allows only actions that exist, and no wildcard action', async () => {
    expect(await iamProblems(templatesOf(env, metricStore))).toEqual([]);
  });

  test('keeps what holds data in prod, and nothing elsewhere', () => {
    const holdData = ['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::Timestream::Table', 'AWS::APS::Workspace'];
    const policies = holdData.flatMap((type) => resourcesOf(templatesOf(env, metricStore), type));
    expect(new Set(policies.map(({ DeletionPolicy }) => DeletionPolicy))).toEqual(
      new Set([env === 'prod' ? 'Retain' : 'Delete']),
    );
  });
});

test('the check of IAM actions finds a misspelt action and a wildcard', async () => {
  const policy = (Action: string): Resource => ({
    Type: 'AWS::IAM::Policy',
    Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: '*' }] } },
  });
  const templates = { wrong: { Resources: { A: policy('dynamodb:PutItme'), B: policy('s3:*') } } };
  expect(await iamProblems(templates)).toEqual([
    'AWS::IAM::Policy allows the unknown dynamodb:PutItme',
    'AWS::IAM::Policy allows the wildcard s3:*',
  ]);
});

describe('functions', () => {
  const functionsOf = (templates: Templates) =>
    resourcesOf(templates, 'AWS::Lambda::Function').map(({ Properties }) => Properties);
  const shortName = (properties: Resource['Properties']) => String(properties.FunctionName).replace('nsmon-dev-', '');

  test('are those of lib/functions.ts, each with a folder of its own', () => {
    expect(functionsOf(templatesOf('dev', 'timestream')).map(shortName).sort()).toEqual([...functionNames].sort());
    const folders = readdirSync('lambdas').filter((name) => name !== 'shared');
    expect(folders.sort()).toEqual([...functionNames].sort());
  });

  test('run on arm64 and the newest Node of Lambda, traced, with a log group that forgets', () => {
    const templates = templatesOf('dev', 'timestream');
    for (const properties of functionsOf(templates)) {
      expect(properties).toMatchObject({
        Architectures: ['arm64'],
        Runtime: 'nodejs24.x',
        TracingConfig: { Mode: 'Active' },
      });
    }
    const groups = resourcesOf(templates, 'AWS::Logs::LogGroup').map(({ Properties }) => Properties);
    expect(groups.map(({ RetentionInDays }) => RetentionInDays)).toEqual(groups.map(() => 7));
    const names = groups.map(({ LogGroupName }) => LogGroupName);
    for (const { FunctionName } of functionsOf(templates)) expect(names).toContain(`/aws/lambda/${FunctionName}`);
  });

  test.each(['timestream', 'prometheus'])('find every variable that they read, with %s', async (store) => {
    for (const properties of functionsOf(templatesOf('dev', store))) {
      const name = shortName(properties);
      const { Variables } = rendered(properties.Environment) as { Variables: Record<string, string> };
      const contract: { readEnv?: (env: Record<string, string>) => unknown } = await import(
        `../../lambdas/${name}/env.ts`
      );
      expect(() => contract.readEnv?.(Variables)).not.toThrow();
    }
  });

  /** What the services do in the name of a role, and what the SDK does before a call. */
  const BEHIND_THE_SCENES = /^(kms|logs|xray|kinesis|sqs):|^timestream:DescribeEndpoints$/;
  /** A port that wakes and starts escalations is shared, these functions only wake; so is the table, and they list nothing. */
  const NOT_CALLED: Readonly<Record<string, readonly string[]>> = {
    'escalation-wait': ['states:StartExecution'],
    acknowledge: ['states:StartExecution'],
    'inbound-events': ['states:StartExecution'],
    // Without an address to send from there is no identity to name, and no mail.
    'escalation-notify': ['ses:SendEmail'],
    heartbeat: ['dynamodb:Query'],
    watch: ['dynamodb:Query'],
  };

  test.each(functionNames)('%s may do what it calls, and nothing else', (name) => {
    const template = Object.values(templatesOf('dev', 'timestream')).find(({ Resources }) =>
      Object.values(Resources).some(({ Properties }) => Properties?.FunctionName === `nsmon-dev-${name}`),
    );
    const [id = ''] =
      Object.entries(template?.Resources ?? {}).find(
        ([, { Properties }]) => Properties?.FunctionName === `nsmon-dev-${name}`,
      ) ?? [];
    const allowed = actionsAllowed(template ?? { Resources: {} }, id.replace(/Function[0-9A-F]{8}$/, 'Role'));
    const called = actionsCalled(`lambdas/${name}/handler.ts`);
    for (const action of NOT_CALLED[name] ?? []) called.delete(action);
    expect(called.size).toBeGreaterThan(0);
    expect([...allowed].filter((action) => !BEHIND_THE_SCENES.test(action)).sort()).toEqual([...called].sort());
  });

  test('send e-mail as the sender that is given, and as nobody else', () => {
    const emailSender = 'monitor@example.org';
    const templates = synthesise({ env: 'dev', metricStore: 'prometheus', emailSender }, builtDir);
    const statements = resourcesOf(templates, 'AWS::IAM::Policy')
      .flatMap(({ Properties }) => (Properties.PolicyDocument as { Statement: { Action: unknown }[] }).Statement)
      .filter(({ Action }) => Action === 'ses:SendEmail');
    const identities = [...JSON.stringify(statements).matchAll(/identity\/([\w.@]+)/g)];
    expect(identities.map(([, identity]) => identity)).toEqual([emailSender, 'example.org']);
  });

  test('that are invoked asynchronously or by a stream say where a lost event goes', () => {
    const templates = templatesOf('dev', 'timestream');
    const asynchronous = resourcesOf(templates, 'AWS::Lambda::EventInvokeConfig').map(({ Properties }) => Properties);
    expect(asynchronous.length).toBeGreaterThanOrEqual(3);
    for (const { DestinationConfig } of asynchronous) expect(DestinationConfig).toHaveProperty('OnFailure');
    const [mapping, ...others] = resourcesOf(templates, 'AWS::Lambda::EventSourceMapping');
    expect(others).toEqual([]);
    expect(mapping?.Properties).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumBatchingWindowInSeconds: 0,
      DestinationConfig: { OnFailure: { Destination: expect.anything() } },
    });
  });

  test('have an alarm each on errors and on throttles', () => {
    const templates = templatesOf('dev', 'timestream');
    const alarms = resourcesOf(templates, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
    for (const MetricName of ['Errors', 'Throttles']) {
      expect(alarms.filter((alarm) => alarm.MetricName === MetricName)).toHaveLength(functionNames.length);
    }
  });

  test('open to the world are only those whose link or signature carries the authorisation', () => {
    const open = resourcesOf(templatesOf('dev', 'timestream'), 'AWS::Lambda::Permission').filter(
      ({ Properties }) => Properties.Principal === '*',
    );
    const targets = open.map(({ Properties }) => JSON.stringify(Properties.FunctionName));
    expect(targets.filter((target) => !/Acknowledge|Heartbeat|InboundEvents/.test(target))).toEqual([]);
  });
});

describe('IoT', () => {
  const rules = () =>
    resourcesOf(templatesOf('dev', 'timestream'), 'AWS::IoT::TopicRule').map(({ Properties }) => Properties);

  test('rules have the names that agents publish to, and write down what they cannot hand on', () => {
    expect(rules().map(({ RuleName }) => RuleName)).toEqual([
      'nsmon_dev_metrics',
      'nsmon_dev_healing',
      'nsmon_dev_alerts',
    ]);
    for (const { RuleName, TopicRulePayload } of rules()) {
      expect(rendered(TopicRulePayload)).toMatchObject({
        ErrorAction: { S3: { Key: `errors/${RuleName}/\${timestamp()}-\${newuuid()}.json` } },
      });
    }
  });

  test('rules are SQL that parses, substitution templates too', () => {
    for (const { TopicRulePayload } of rules()) {
      const { Sql, Actions, ErrorAction } = rendered(TopicRulePayload) as Record<string, unknown>;
      expect(() => parseStatement(String(Sql))).not.toThrow();
      for (const [, inside] of JSON.stringify([Actions, ErrorAction]).matchAll(/\$\{([^}]+)\}/g)) {
        expect(() => parseExpression(String(inside))).not.toThrow();
      }
    }
  });

  test('the stream is keyed by the thing in the topic, not by anything in the payload', () => {
    const [metrics] = rules();
    expect(rendered(metrics?.TopicRulePayload)).toMatchObject({
      Sql: "SELECT * FROM 'bci/+/metrics'",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a substitution template of IoT Core
      Actions: [{ Kinesis: { PartitionKey: '${topic(2)}' } }],
    });
  });

  const statementsOf = (policyName: string) => {
    const policy = resourcesOf(templatesOf('dev', 'timestream'), 'AWS::IoT::Policy').find(
      ({ Properties }) => Properties.PolicyName === policyName,
    );
    const { Statement } = rendered(policy?.Properties.PolicyDocument) as {
      Statement: readonly { Action: string | string[]; Resource: string | string[] }[];
    };
    return Statement.flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .flatMap((action) => [Resource].flat().map((resource) => `${action} ${resource.split(':').pop()}`)),
    );
  };

  test('an agent publishes, subscribes and receives only under the name of its thing', () => {
    const THING = '$' + '{iot:Connection.Thing.ThingName}';
    const policy = resourcesOf(templatesOf('dev', 'timestream'), 'AWS::IoT::Policy').find(
      ({ Properties }) => Properties.PolicyName === 'nsmon-dev-agent',
    );
    const document = JSON.stringify(rendered(policy?.Properties.PolicyDocument));
    for (const resource of [
      `client/${THING}`,
      `topic/$aws/rules/nsmon_dev_metrics/bci/${THING}/*`,
      `topic/$aws/rules/nsmon_dev_alerts/bci/${THING}/*`,
      `topicfilter/nsmon/dev/${THING}/*`,
      `topic/nsmon/dev/${THING}/*`,
    ]) {
      expect(document).toContain(`:${resource}"`);
    }
    // What is not under the thing's name is only for its next certificate.
    const [, ...shared] = document.split(/"arn:/).filter((arn) => !arn.includes(THING));
    for (const arn of shared) expect(arn).toMatch(/certificates\/create|provisioning-templates\/nsmon-dev-rotate/);
  });

  test('the claim certificate gets a certificate and nothing else', () => {
    expect(statementsOf('nsmon-dev-claim')).toEqual([
      'iot:Connect client/claim-*',
      'iot:Publish topic/$aws/certificates/create/*',
      'iot:Publish topic/$aws/provisioning-templates/nsmon-dev-claim/provision/*',
      'iot:Receive topic/$aws/certificates/create/*',
      'iot:Receive topic/$aws/provisioning-templates/nsmon-dev-claim/provision/*',
      'iot:Subscribe topicfilter/$aws/certificates/create/*',
      'iot:Subscribe topicfilter/$aws/provisioning-templates/nsmon-dev-claim/provision/*',
    ]);
  });

  test('provisioning templates name policies, group and type that exist, and only parameters that are declared', () => {
    const templates = templatesOf('dev', 'timestream');
    const namesOf = (type: string, property: string) =>
      resourcesOf(templates, type).map(({ Properties }) => Properties[property]);
    for (const { Properties } of resourcesOf(templates, 'AWS::IoT::ProvisioningTemplate')) {
      const body = JSON.parse(String(Properties.TemplateBody)) as {
        Parameters: Record<string, unknown>;
        Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
      };
      for (const [, parameter] of JSON.stringify(body.Resources).matchAll(/\{"Ref":"([^"]+)"\}/g)) {
        expect(Object.keys(body.Parameters)).toContain(parameter);
      }
      for (const resource of Object.values(body.Resources)) {
        if (resource.Type === 'AWS::IoT::Policy') {
          expect(namesOf('AWS::IoT::Policy', 'PolicyName')).toContain(resource.Properties.PolicyName);
        }
      }
      const thing = body.Resources.thing?.Properties;
      expect(namesOf('AWS::IoT::ThingType', 'ThingTypeName')).toContain(thing?.ThingTypeName);
      expect(namesOf('AWS::IoT::ThingGroup', 'ThingGroupName')).toEqual(thing?.ThingGroups);
    }
  });
});

test('Greengrass gets the agent for both kinds of machine, in a version that changes with it', () => {
  const templates = templatesOf('dev', 'timestream');
  const [component] = resourcesOf(templates, 'AWS::GreengrassV2::ComponentVersion');
  const recipe = JSON.parse(rendered(component?.Properties.InlineRecipe) as string) as {
    ComponentName: string;
    ComponentVersion: string;
    Manifests: { Artifacts: { URI: string }[] }[];
  };
  expect(recipe.Manifests.flatMap(({ Artifacts }) => Artifacts.map(({ URI }) => URI))).toEqual([
    expect.stringMatching(/^s3:\/\/.+\/[0-9a-f]{64}\.zip$/),
    expect.stringMatching(/^s3:\/\/.+\/[0-9a-f]{64}\.zip$/),
  ]);
  expect(recipe.ComponentVersion).toMatch(/^\d+\.\d+\.\d+-h[0-9a-f]{12}$/);
  const [deployment] = resourcesOf(templates, 'AWS::GreengrassV2::Deployment');
  expect(deployment?.Properties.Components).toEqual({
    [recipe.ComponentName]: { ComponentVersion: recipe.ComponentVersion },
  });
  const [other] = resourcesOf(templatesOf('prod', 'timestream'), 'AWS::GreengrassV2::ComponentVersion');
  expect(rendered(other?.Properties.InlineRecipe)).not.toContain(recipe.ComponentVersion);
});

describe('the escalation', () => {
  const definition = () => {
    const [machine] = resourcesOf(templatesOf('dev', 'timestream'), 'AWS::StepFunctions::StateMachine');
    const text = rendered(machine?.Properties.DefinitionString) as string;
    return JSON.parse(text.replace(/<[^>]*>/g, 'arn:aws:lambda:us-east-1:123456789012:function:f'));
  };

  test('is a valid state machine', () => {
    const { isValid, errorsText } = validateStateMachine(definition());
    expect(isValid ? '' : errorsText()).toBe('');
  });

  test('has expressions that compile', () => {
    expect(expressionsOf(definition()).length).toBeGreaterThan(5);
    expect(jsonataProblems(definition())).toEqual([]);
    expect(jsonataProblems({ Output: '{% $states.input. %}' })).toHaveLength(1);
  });
});

test('schedules are a rate or a cron expression that the scheduler takes', () => {
  const schedules = resourcesOf(templatesOf('prod', 'timestream'), 'AWS::Scheduler::Schedule');
  const expressions = new Set(schedules.map(({ Properties }) => Properties.ScheduleExpression));
  expect(expressions).toEqual(new Set(['rate(1 minute)']));
});

describe('Grafana', () => {
  const provisionOf = (store: string): Provision => {
    const [resource] = resourcesOf(templatesOf('dev', store), 'Custom::NsmonDashboards');
    return JSON.parse(String(rendered(resource?.Properties.Provision))) as Provision;
  };

  test.each(['timestream', 'prometheus'])(
    'gets every dashboard, made for the data source it gets, with %s',
    (store) => {
      const { dashboards, dataSources, adminGroup } = provisionOf(store);
      expect(adminGroup).toBe('neurascale-monitor-admins');
      expect(dashboards).toHaveLength(boards.length);
      const uids = dataSources.map(({ uid }) => uid);
      for (const { uid } of dashboards) {
        const json = readFileSync(join(builtDir, 'dashboards', 'dev', store, `${uid}.json`), 'utf8');
        for (const [, asked] of json.matchAll(/"datasource":\{[^}]*"uid":"([^"$]+)"/g)) expect(uids).toContain(asked);
      }
    },
  );

  test('reads the store and CloudWatch, and writes nothing', () => {
    const template = templatesOf('dev', 'prometheus').dashboards;
    const policies = Object.entries(template?.Resources ?? {}).filter(
      ([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.startsWith('GrafanaRole'),
    );
    const actions = policies.flatMap(([, { Properties }]) =>
      (Properties.PolicyDocument as { Statement: { Action: string | string[] }[] }).Statement.flatMap(
        ({ Action }) => Action,
      ),
    );
    expect(actions.length).toBeGreaterThan(5);
    for (const action of actions) expect(action).toMatch(/:(Get|List|Describe|Query)/);
  });
});
