import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnComponentVersion, CfnDeployment } from 'aws-cdk-lib/aws-greengrassv2';
import type { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { hashOf } from '../../core/hash.ts';
import { buildRecipe, COMPONENT_NAME } from '../../edge-agent/recipe/recipe.ts';
import { projectRoot } from '../bundling.ts';
import { EDGE_PLATFORMS } from '../edge-artifact.ts';
import type { Environment } from '../environments.ts';
import { allow, grantTo } from './permissions.ts';
import type { TokenExchange } from './token-exchange.ts';

export interface EdgeComponentProps {
  readonly environment: Environment;
  /** Directory with one folder a platform, as `buildEdgeAgent` leaves it. */
  readonly artifactsDir: string;
  /** What the agent is deployed to. */
  readonly agents: CfnThingGroup;
  readonly tokenExchange: TokenExchange;
}

/** The edge agent as a Greengrass component, deployed to every core in the thing group. */
export class EdgeComponent extends Construct {
  constructor(scope: Construct, id: string, props: EdgeComponentProps) {
    super(scope, id);
    const { environment, artifactsDir, agents, tokenExchange } = props;
    const assets = EDGE_PLATFORMS.map(({ binary, architecture }) => ({
      architecture,
      asset: new Asset(this, binary, { path: join(artifactsDir, binary) }),
    }));
    const recipeOf = (version: string, uriOf: (asset: Asset) => string): object =>
      buildRecipe({
        version,
        environment: environment.name,
        artifacts: assets.map(({ architecture, asset }) => ({ architecture, uri: uriOf(asset) })),
        defaultConfig: {
          intervals: { publish: environment.publishIntervalSeconds, lease: environment.reportIntervalSeconds },
        },
      });
    // A component version never changes, so whatever changes in the recipe or in an artifact is in the version.
    const content = JSON.stringify(recipeOf('0.0.0', ({ assetHash }) => `s3://artifacts/${assetHash}.zip`));
    const componentVersion = `${packageVersion()}-h${hashOf(content, 12)}`;
    const uriOf = ({ s3BucketName, s3ObjectKey }: Asset): string => `s3://${s3BucketName}/${s3ObjectKey}`;

    const component = new CfnComponentVersion(this, 'Component', {
      inlineRecipe: Stack.of(this).toJsonString(recipeOf(componentVersion, uriOf)),
    });
    const deployment = new CfnDeployment(this, 'Deployment', {
      deploymentName: `NeuraScale Monitor ${environment.name}`,
      targetArn: agents.attrArn,
      components: { [COMPONENT_NAME]: { componentVersion } },
      deploymentPolicies: { failureHandlingPolicy: 'ROLLBACK' },
    });
    deployment.addResourceDependency(component);
    // A core that was offline still asks for the version that it was told to run.
    const policy = environment.keepsData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
    for (const resource of [component, deployment]) resource.applyRemovalPolicy(policy);

    grantTo(tokenExchange.role, [
      allow(
        ['s3:GetObject'],
        assets.map(({ asset }) => asset.bucket.arnForObjects(asset.s3ObjectKey)),
      ),
    ]);
  }
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }).version;
}
