import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../edge-agent/config.ts';
import { buildRecipe } from '../../../edge-agent/recipe/recipe.ts';

interface Recipe {
  ComponentConfiguration: {
    DefaultConfiguration: {
      agent: Record<string, unknown>;
      accessControl: Record<string, Record<string, { operations: string[]; resources: string[] }>>;
    };
  };
  Manifests: { Lifecycle: { Run: string; Setenv: Record<string, string> }; Platform: object; Artifacts: object[] }[];
}

const recipe = buildRecipe({
  version: '1.2.3',
  environment: 'prod',
  artifacts: [
    { architecture: 'amd64', uri: 's3://artifacts/agent/1.2.3/linux-x64.zip' },
    { architecture: 'aarch64', uri: 's3://artifacts/agent/1.2.3/linux-arm64.zip' },
  ],
  defaultConfig: { board: { kind: 'generated', deviceId: 'demo' } },
}) as Recipe;

describe('the Greengrass recipe', () => {
  test('lets a device use its own topics only, and no others', () => {
    const { accessControl } = recipe.ComponentConfiguration.DefaultConfiguration;
    const policies = Object.values(accessControl['aws.greengrass.ipc.mqttproxy'] ?? {});
    expect(policies.map(({ operations, resources }) => [operations, resources])).toEqual([
      [
        ['aws.greengrass#PublishToIoTCore'],
        [
          '$aws/rules/nsmon_prod_metrics/bci/{iot:thingName}/metrics',
          '$aws/rules/nsmon_prod_alerts/bci/{iot:thingName}/alerts',
          '$aws/rules/nsmon_prod_healing/bci/{iot:thingName}/healing',
        ],
      ],
      [
        ['aws.greengrass#SubscribeToIoTCore'],
        ['nsmon/prod/{iot:thingName}/ack', 'nsmon/prod/{iot:thingName}/commands'],
      ],
    ]);
  });

  test('runs the program of the right machine, with the configuration in the environment', () => {
    expect(recipe.Manifests.map(({ Platform, Lifecycle }) => [Platform, Lifecycle.Run])).toEqual([
      [
        { os: 'linux', architecture: 'amd64' },
        'exec node --single-threaded-gc {artifacts:decompressedPath}/linux-x64/main.mjs',
      ],
      [
        { os: 'linux', architecture: 'aarch64' },
        'exec node --single-threaded-gc {artifacts:decompressedPath}/linux-arm64/main.mjs',
      ],
    ]);
    expect(recipe.Manifests[0]?.Lifecycle.Setenv).toEqual({ NSMON_CONFIG: '{configuration:/agent}' });
  });

  test('has a default configuration that the agent accepts, the thing told by Greengrass', () => {
    const { agent } = recipe.ComponentConfiguration.DefaultConfiguration;
    const config = parseConfig(agent, 'recipe', { thing: 'lab-1', rules: ['rules/alerts'] });
    expect(config).toMatchObject({ thing: 'lab-1', uplink: { kind: 'greengrass' }, rules: ['rules/alerts'] });
  });

  test('refuses an artifact that is no zip file', () => {
    const artifacts = [{ architecture: 'amd64' as const, uri: 's3://artifacts/agent.tar' }];
    expect(() => buildRecipe({ version: '1.0.0', environment: 'dev', artifacts })).toThrow('is no zip file');
  });
});
