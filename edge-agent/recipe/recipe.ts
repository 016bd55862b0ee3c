import { topicsOf } from '../uplink/topics.ts';
import { NODE_FLAGS } from './node-flags.ts';

export const COMPONENT_NAME = 'com.neurascale.monitor.EdgeAgent';

/** What one kind of machine downloads. */
export interface RecipeArtifact {
  /** As Greengrass names it. */
  readonly architecture: 'amd64' | 'aarch64';
  /** `s3://bucket/path/name.zip`, with `main.mjs` and `rules/` at its top. */
  readonly uri: string;
}

export interface RecipeOptions {
  /** Semantic version. A component version is never changed: any change of the recipe needs a new one. */
  readonly version: string;
  readonly environment: string;
  readonly artifacts: readonly RecipeArtifact[];
  /** Settings of the agent beside those that follow from Greengrass; see `AgentConfig`. A deployment may merge others. */
  readonly defaultConfig?: Readonly<Record<string, unknown>>;
}

const THING = '{iot:thingName}';

/**
 * The Greengrass recipe of the agent, as an object to be written as JSON.
 *
 * The thing's name is filled in where the component runs, so one recipe serves all devices and each may use its own
 * topics only. That needs nucleus 2.6 with `interpolateComponentConfiguration`. There is no dependency on the nucleus:
 * it would shut out nucleus lite, which has another name.
 */
export function buildRecipe({ version, environment, artifacts, defaultConfig = {} }: RecipeOptions): object {
  const topics = topicsOf(environment, THING);
  return {
    RecipeFormatVersion: '2020-01-25',
    ComponentName: COMPONENT_NAME,
    ComponentVersion: version,
    ComponentDescription: 'Measures boards, hosts and applications, evaluates rules, reports to NeuraScale Monitor.',
    ComponentPublisher: 'NeuraScale',
    ComponentConfiguration: {
      DefaultConfiguration: {
        // The data directory is relative to the component's work directory, which outlives its updates.
        agent: { environment, dataDirectory: 'data', uplink: { kind: 'greengrass' }, ...defaultConfig },
        accessControl: {
          'aws.greengrass.ipc.mqttproxy': {
            [`${COMPONENT_NAME}:mqttproxy:1`]: {
              policyDescription: 'Measurements, alerts and outcomes of commands, to their IoT rules.',
              operations: ['aws.greengrass#PublishToIoTCore'],
              resources: [topics.metrics, topics.alerts, topics.healing],
            },
            [`${COMPONENT_NAME}:mqttproxy:2`]: {
              policyDescription: 'Acknowledgements of the store, and commands.',
              operations: ['aws.greengrass#SubscribeToIoTCore'],
              resources: [topics.acknowledgements, topics.commands],
            },
          },
        },
      },
    },
    Manifests: artifacts.map(({ architecture, uri }) => ({
      Platform: { os: 'linux', architecture },
      Lifecycle: {
        Setenv: { NSMON_CONFIG: '{configuration:/agent}' },
        // `exec`: the signal to stop must reach the agent, not a shell before it.
        Run: `exec node ${NODE_FLAGS.join(' ')} {artifacts:decompressedPath}/${directoryOf(uri)}/main.mjs`,
      },
      Artifacts: [{ URI: uri, Unarchive: 'ZIP', Permission: { Read: 'OWNER', Execute: 'OWNER' } }],
    })),
  };
}

/** Greengrass unpacks `.../name.zip` into a directory `name`. */
function directoryOf(uri: string): string {
  const name = /\/([^/]+)\.zip$/.exec(uri)?.[1];
  if (name === undefined)
    throw new Error(`The artifact ${uri} is no zip file: it must look like s3://bucket/name.zip.`);
  return name;
}
