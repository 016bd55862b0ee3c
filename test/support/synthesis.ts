import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { addStacks } from '../../lib/app.ts';
import { EDGE_PLATFORMS } from '../../lib/edge-artifact.ts';
import { readSettings } from '../../lib/environments.ts';
import { functionNames } from '../../lib/functions.ts';

/** One resource of a template, as CloudFormation gets it. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

/** What one synthesis made: the short stack name (`ingest`) and its template. */
export type Templates = Readonly<Record<string, Template>>;

/** The output of a build without building: templates do not depend on what is inside an asset, only on its hash. */
export function stubbedBuild(): string {
  const directory = mkdtempSync(join(tmpdir(), 'nsmon-built-'));
  for (const name of functionNames) {
    mkdirSync(join(directory, 'lambdas', name), { recursive: true });
    writeFileSync(
      join(directory, 'lambdas', name, 'index.mjs'),
      `export const handler = () => ${JSON.stringify(name)};`,
    );
  }
  for (const { binary } of EDGE_PLATFORMS) {
    mkdirSync(join(directory, 'edge-agent', binary), { recursive: true });
    writeFileSync(join(directory, 'edge-agent', binary, 'main.mjs'), '');
  }
  return directory;
}

/**
 * Synthesises the app in this process, with the flags of cdk.json.
 * @throws ValidationFailed when a finding of the validator, or of cdk-nag with `checks: 'strict'`, is not acknowledged
 */
export function synthesise(context: Readonly<Record<string, string>>, builtDir: string): Templates {
  const flags = (JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> }).context;
  const app = new App({ analyticsReporting: false, context: { ...flags, ...context } });
  const settings = readSettings((key) => app.node.tryGetContext(key));
  addStacks(app, settings, builtDir);
  return Object.fromEntries(
    app
      .synth()
      .stacks.map(({ stackName, template }) => [
        stackName.replace(`nsmon-${settings.environment.name}-`, ''),
        template as Template,
      ]),
  );
}

/** Every resource of one type, over all stacks. */
export function resourcesOf(templates: Templates, type: string): Resource[] {
  return Object.values(templates).flatMap(({ Resources }) =>
    Object.values(Resources).filter((resource) => resource.Type === type),
  );
}
