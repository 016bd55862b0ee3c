import { App } from 'aws-cdk-lib';
import { UserError } from '../core/user-error.ts';
import { addStacks } from '../lib/app.ts';
import { buildAll } from '../lib/build.ts';
import { readSettings } from '../lib/environments.ts';

/** The CDK app: `npx cdk deploy --all -c env=dev`. Called by the CDK toolkit, see cdk.json. */
const BUILT = 'dist';

try {
  const app = new App({ analyticsReporting: false });
  const settings = readSettings((key) => app.node.tryGetContext(key));
  await buildAll({ outDir: BUILT, rulesDir: settings.rulesDir });
  addStacks(app, settings, BUILT);
  app.synth();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
