import { formatLabels } from '../../../core/promql/labels.ts';
import type { GroupState, RuleEvaluation } from '../../../core/rules/index.ts';
import type { RuleStatus } from '../../../core/rules/rule-status.ts';
import { UserError } from '../../../core/user-error.ts';
import { dynamoAlertsTable } from '../../../lambdas/shared/alerts-table.ts';
import { readOptions } from '../../command.ts';
import { DEPLOYMENT_HELP, DEPLOYMENT_OPTIONS, type FoundDeployment, findDeployment } from '../../deployment.ts';

export const HELP = `Usage: npx nsmon rules history [RULE...] [--agent URL] [--json] [options]

The last 20 evaluations of each rule: what it looked at, what came of it, how long it took. "no data" is not "empty":
samples that do not satisfy the expression say that all is well, no samples say nothing.

  RULE          names of rules; default: all, one line each
  --agent URL   the status port of an agent, http://127.0.0.1:PORT; default: the twin's agent, if there is one
  --json        for programs

Options:
${DEPLOYMENT_HELP}

Example:
  npx nsmon rules history ElectrodeDetached`;

const OPTIONS = { ...DEPLOYMENT_OPTIONS, agent: { type: 'string' }, json: { type: 'boolean' } } as const;

/** A rule of the cloud or of an agent, with its evaluations, newest last. */
interface Remembered {
  readonly where: string;
  readonly rule: string;
  readonly late: number;
  readonly evaluations: readonly RuleEvaluation[];
}

export async function history(args: string[]): Promise<number> {
  const { values, positionals } = readOptions(args, OPTIONS);
  const names: readonly string[] = positionals;
  const found =
    values.agent === undefined ? await ofDeployment(await findDeployment(values)) : await ofAgent(values.agent);
  const chosen = found.filter(({ rule }) => names.length === 0 || names.includes(rule));
  if (chosen.length === 0) {
    const known = [...new Set(found.map(({ rule }) => rule))].sort();
    throw new UserError(
      `no rule ${names.join(', ')} is evaluated here; those that are: ${known.join(', ') || 'none yet'}`,
    );
  }
  if (values.json) process.stdout.write(`${JSON.stringify(chosen, undefined, 2)}\n`);
  else for (const rule of chosen) process.stdout.write(describe(rule, names.length > 0));
  return 0;
}

async function ofDeployment(deployment: FoundDeployment): Promise<Remembered[]> {
  const { agentStatusUrl } = deployment;
  const [agent, cloud] = await Promise.all([
    agentStatusUrl === undefined ? [] : ofAgent(new URL(agentStatusUrl).origin),
    ofCloud(deployment),
  ]);
  return [...agent, ...cloud];
}

async function ofAgent(url: string): Promise<Remembered[]> {
  if (!URL.canParse('/rules', url)) throw new UserError(`${url} is no address of an agent: http://127.0.0.1:PORT`);
  const address = new URL('/rules', url).href;
  const response = await fetch(address, { signal: AbortSignal.timeout(5_000) }).catch((error: unknown) => {
    throw new UserError(`${address} does not answer (${error instanceof Error ? error.message : String(error)})`);
  });
  if (!response.ok) throw new UserError(`${address} answers ${response.status}: is that the status port of an agent?`);
  const { rules } = (await response.json()) as { rules: RuleStatus[] };
  return rules.map(({ name, late, evaluations }) => ({ where: 'agent', rule: name, late, evaluations }));
}

/** The key of a rule's state ends in `alerting/NAME/NUMBER`; names of groups may have slashes of their own. */
async function ofCloud({ dynamo, alertsTable }: FoundDeployment): Promise<Remembered[]> {
  const groups = await dynamoAlertsTable(dynamo, alertsTable, Date.now).list<GroupState>('RULES');
  return groups.flatMap(({ document }) =>
    Object.entries(document).map(([key, { history: evaluations, late = 0 }]) => ({
      where: 'cloud',
      rule: key.split('/').at(-2) ?? key,
      late,
      evaluations,
    })),
  );
}

function describe({ where, rule, late, evaluations }: Remembered, inDetail: boolean): string {
  const last = evaluations.at(-1);
  const outcome = last === undefined ? 'not evaluated yet' : `${last.outcome}, ${new Date(last.atMs).toISOString()}`;
  const title = `${rule} (${where}): ${outcome}${late > 0 ? `, ${late} samples came too late` : ''}\n`;
  return inDetail ? title + evaluations.map(describeEvaluation).join('') : title;
}

function describeEvaluation({
  atMs,
  outcome,
  results,
  series,
  inputs,
  values,
  durationMs,
  error,
}: RuleEvaluation): string {
  const took = durationMs === undefined ? '' : `, ${durationMs.toFixed(1)} ms`;
  const head = `  ${new Date(atMs).toISOString()}  ${outcome}: ${results} of ${series} series${took}${error === undefined ? '' : `: ${error}`}\n`;
  const lines = [
    ...inputs.map(
      ({ labels, value, timeMs = atMs }) =>
        `looked at ${formatLabels(labels)} ${value} (${(atMs - timeMs) / 1_000} s old)`,
    ),
    ...values.map(({ labels, value }) => `gave ${formatLabels(labels)} ${value}`),
  ];
  return head + lines.map((line) => `    ${line}\n`).join('');
}
