import { existsSync, readFileSync, statSync } from 'node:fs';
import type { Silence } from '../../core/alerting/silences/silence.ts';
import type { ColumnStore } from '../../core/promql/range/column-store.ts';
import { readSeries } from '../../core/replay/read-series.ts';
import type { Times } from '../../core/replay/schedule.ts';
import type { RuleGroup } from '../../core/rules/index.ts';
import { UserError } from '../../core/user-error.ts';
import { dynamoAlertsTable } from '../../lambdas/shared/alerts-table.ts';
import { listSilences } from '../../lambdas/shared/silences.ts';
import { type DeploymentChoice, findDeployment } from '../deployment.ts';
import { neededOf } from './needed.ts';
import { measureRecording } from './recording.ts';
import { readPrometheus } from './store-prometheus.ts';
import { readTimestream } from './store-timestream.ts';

export interface InputOptions extends DeploymentChoice {
  readonly series?: string | undefined;
  readonly recording?: string | undefined;
}

export interface Input {
  readonly store: ColumnStore;
  /** Of the deployment, past ones included: those that are kept. */
  readonly silences: readonly Silence[];
}

export type Show = (what: string, share: number) => void;

/**
 * The series that the options name: of a file, of a recording, or else of a deployment's store.
 * @param times of the replay; needed for a store
 * @throws UserError, or ConfigurationError with every problem of the file
 */
export async function readInput(
  { series, recording, ...choice }: InputOptions,
  groups: readonly RuleGroup[],
  times: Partial<Times>,
  signal: AbortSignal,
  show: Show,
): Promise<Input> {
  if (series !== undefined && recording !== undefined) {
    throw new UserError('--series and --recording exclude each other: leave out one of the two');
  }
  if (recording !== undefined) return { store: await measureRecording(recording, signal, show), silences: [] };
  if (series !== undefined) {
    if (!existsSync(series) || !statSync(series).isFile()) throw new UserError(`there is no file ${series}`);
    return { store: readSeries(readFileSync(series, 'utf8'), series), silences: [] };
  }
  const { fromMs, toMs } = times;
  if (fromMs === undefined || toMs === undefined) {
    throw new UserError('say what to replay: --series FILE, --recording FILE, or --from and --to of a deployment');
  }
  const deployment = await findDeployment(choice);
  const needed = neededOf(groups, { fromMs, toMs });
  const { client, dynamo, alertsTable } = deployment;
  const stored = await listSilences(dynamoAlertsTable(dynamo, alertsTable, Date.now));
  const store =
    deployment.store.kind === 'timestream'
      ? await readTimestream(deployment.store, client, needed, signal, show)
      : await readPrometheus(deployment.store.endpoint, deployment, needed, signal, show);
  return { store, silences: stored.map(({ document }) => document) };
}
