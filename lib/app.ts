import { join } from 'node:path';
import { type App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Settings } from './environments.ts';
import { namesOf } from './names.ts';
import { AlertingStack } from './stacks/alerting.ts';
import { DashboardsStack } from './stacks/dashboards.ts';
import { EdgeStack } from './stacks/edge.ts';
import { IngestStack } from './stacks/ingest.ts';
import { StoreStack } from './stacks/store.ts';
import { WatcherStack } from './stacks/watcher.ts';

/**
 * Adds every stack of one environment to the app.
 * @param builtDir what `buildAll` left there
 */
export function addStacks(app: App, { environment, strict }: Settings, builtDir: string): void {
  const names = namesOf(environment.name);
  const functionsDir = join(builtDir, 'lambdas');
  const common = { environment, terminationProtection: environment.keepsData };

  const { store } = new StoreStack(app, names.stack('store'), {
    ...common,
    description: `NeuraScale Monitor ${environment.name}: metric store`,
  });
  const ingest = new IngestStack(app, names.stack('ingest'), {
    ...common,
    functionsDir,
    store,
    description: `NeuraScale Monitor ${environment.name}: telemetry path`,
  });
  new AlertingStack(app, names.stack('alerting'), {
    ...common,
    functionsDir,
    archive: ingest.archive,
    operations: ingest.operations,
    ruleWindow: ingest.ruleWindow,
    description: `NeuraScale Monitor ${environment.name}: alerts and escalation`,
  });

  new EdgeStack(app, names.stack('edge'), {
    ...common,
    builtDir,
    operations: ingest.operations,
    description: `NeuraScale Monitor ${environment.name}: devices, certificates, edge agent`,
  });
  new WatcherStack(app, names.stack('watcher'), {
    ...common,
    functionsDir,
    env: { region: environment.watcherRegion },
    description: `NeuraScale Monitor ${environment.name}: watches alerting from another region`,
  });
  new DashboardsStack(app, names.stack('dashboards'), {
    ...common,
    builtDir,
    store,
    operations: ingest.operations,
    description: `NeuraScale Monitor ${environment.name}: Grafana`,
  });

  Tags.of(app).add('application', 'neurascale-monitor');
  Tags.of(app).add('environment', environment.name);
  if (strict) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
