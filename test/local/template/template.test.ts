import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { App, CfnOutput, CfnResource, Fn, Stack } from 'aws-cdk-lib';
import fc from 'fast-check';
import type { Provisioner } from '../../../local/aws/service.ts';
import type { Template } from '../../../local/template/assembly.ts';
import { loadAssembly } from '../../../local/template/assembly.ts';
import { type Deployment, deploy } from '../../../local/template/deploy.ts';

const PSEUDO = { accountId: '123456789012', region: 'us-east-1' };

/** Makes anything: its name is its logical id, its attribute `Arn` has the name in it. Remembers the order. */
function recorder() {
  const order: string[] = [];
  const provisioner: Provisioner = async ({ logicalId }) => {
    order.push(logicalId);
    return { ref: `${logicalId}-name`, attributes: { Arn: `arn:${logicalId}` } };
  };
  return { order, provisionerOf: () => provisioner };
}

function deployTemplate(template: Template): Promise<Deployment> {
  return deploy([{ name: 'stack', template }], recorder().provisionerOf, PSEUDO);
}

/** The property `Value` of a resource, resolved among two others. */
async function resolved(value: unknown, rest: Partial<Template> = {}): Promise<unknown> {
  const other = { Type: 'Test::Other' };
  const { resources } = await deployTemplate({
    ...rest,
    Resources: { Other: other, Subject: { Type: 'Test::Subject', Properties: { Value: value } } },
  });
  return resources.find(({ logicalId }) => logicalId === 'Subject')?.properties.Value;
}

describe('resolving a template', () => {
  test.each([
    ['Ref', { Ref: 'Other' }, 'Other-name'],
    ['a pseudo parameter', { Ref: 'AWS::AccountId' }, '123456789012'],
    ['an attribute', { 'Fn::GetAtt': ['Other', 'Arn'] }, 'arn:Other'],
    ['an attribute as text', { 'Fn::GetAtt': 'Other.Arn' }, 'arn:Other'],
    ['Join', { 'Fn::Join': ['/', ['a', { Ref: 'Other' }, 1]] }, 'a/Other-name/1'],
    ['Split and Select', { 'Fn::Select': [1, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Other', 'Arn'] }] }] }, 'Other'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub
    ['Sub', { 'Fn::Sub': '${AWS::Region}/${Other}/${Other.Arn}/${!kept}' }, 'us-east-1/Other-name/arn:Other/${kept}'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub
    ['Sub with variables', { 'Fn::Sub': ['${a}-${Other}', { a: { Ref: 'AWS::Region' } }] }, 'us-east-1-Other-name'],
    ['Base64', { 'Fn::Base64': { Ref: 'Other' } }, Buffer.from('Other-name').toString('base64')],
    ['a list with nothing in it', [{ Ref: 'AWS::NoValue' }, 'b'], ['b']],
  ])('%s', async (_, value, expected) => {
    expect(await resolved(value)).toEqual(expected);
  });

  test('a mapping', async () => {
    const rest = { Mappings: { Sizes: { 'us-east-1': { small: 's1' } } } };
    expect(await resolved({ 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'small'] }, rest)).toBe('s1');
  });

  test('takes the branch that its condition chooses, and leaves out what is not wanted', async () => {
    const { resources } = await deployTemplate({
      Parameters: { Size: { Type: 'String', Default: 'big' } },
      Conditions: {
        IsBig: { 'Fn::Equals': [{ Ref: 'Size' }, 'big'] },
        IsSmall: { 'Fn::Not': [{ Condition: 'IsBig' }] },
      },
      Resources: {
        Only: {
          Type: 'Test::A',
          Condition: 'IsBig',
          Properties: { Value: { 'Fn::If': ['IsBig', 1, { Ref: 'Never' }] } },
        },
        Never: { Type: 'Test::B', Condition: 'IsSmall' },
      },
    });
    expect(resources.map(({ logicalId, properties }) => [logicalId, properties])).toEqual([['Only', { Value: 1 }]]);
  });

  test('names every reference to nothing', async () => {
    const template = {
      Resources: {
        A: { Type: 'Test::A', Properties: { X: { Ref: 'Missing' }, Y: { 'Fn::ImportValue': 'nowhere' } } },
        B: { Type: 'Test::B', DependsOn: 'Gone' },
      },
    };
    await expect(deployTemplate(template)).rejects.toThrow(
      /stack\/A refers to stack\/Missing.*\n.*export "nowhere".*\nstack\/B refers to stack\/Gone/,
    );
  });

  test('names the circle when resources depend on each other', async () => {
    const refer = (id: string) => ({ Type: 'Test::A', Properties: { X: { Ref: id } } });
    const template = { Resources: { A: refer('B'), B: refer('C'), C: refer('A') } };
    await expect(deployTemplate(template)).rejects.toThrow('stack/A -> stack/B -> stack/C -> stack/A');
  });

  test('says which attributes there are when another one is asked for', async () => {
    await expect(resolved({ 'Fn::GetAtt': ['Other', 'Url'] })).rejects.toThrow(
      'stack/Subject asks Other (Test::Other) for the attribute Url; the twin knows Arn',
    );
  });

  test('refuses a function that it does not know', async () => {
    await expect(resolved({ 'Fn::Cidr': ['10.0.0.0/16', 4, 8] })).rejects.toThrow('Fn::Cidr is not known to the twin');
  });

  test('makes everything after what it refers to, whatever the graph', async () => {
    await fc.assert(
      // Edges lead from a node to one of a lower number: any graph without circles.
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 12 }),
        async (edges) => {
          const needsOf = edges.map((targets, node) => (node === 0 ? [] : targets.map((target) => target % node)));
          const names = needsOf.map((_, node) => `N${node}`);
          const entries = needsOf.map(
            (needs, node) =>
              [
                names[node],
                { Type: 'Test::N', Properties: { X: needs.map((need) => ({ Ref: names[need] })) } },
              ] as const,
          );
          const { order, provisionerOf } = recorder();
          const template = { Resources: Object.fromEntries(entries.reverse()) } as Template;
          await deploy([{ name: 'stack', template }], provisionerOf, PSEUDO);
          for (const [node, needs] of needsOf.entries()) {
            for (const need of needs) expect(order.indexOf(names[need]!)).toBeLessThan(order.indexOf(names[node]!));
          }
          expect(order).toHaveLength(needsOf.length);
        },
      ),
    );
  });
});

describe('loading what the CDK toolkit synthesised', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'nsmon-assembly-'));
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  test('resolves references across stacks', async () => {
    const app = new App({ outdir, analyticsReporting: false });
    const [first, second] = [new Stack(app, 'first'), new Stack(app, 'second')];
    const made = new CfnResource(first, 'Made', { type: 'Test::Made' });
    new CfnResource(second, 'User', { type: 'Test::User', properties: { Made: made.getAtt('Arn').toString() } });
    new CfnOutput(second, 'Where', { value: Fn.join('-', [made.ref, 'here']) });
    app.synth();

    const { stacks } = await loadAssembly(outdir);
    const { resources, outputs } = await deploy(stacks, recorder().provisionerOf, PSEUDO);
    expect(resources.find(({ logicalId }) => logicalId === 'User')?.properties).toEqual({ Made: 'arn:Made' });
    expect(outputs.second?.Where).toBe('Made-name-here');
  });

  test('says what is no cloud assembly', async () => {
    await expect(loadAssembly(tmpdir())).rejects.toThrow(/is no cloud assembly/);
  });
});
