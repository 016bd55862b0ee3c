import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import { type HealingRecord, REASONS } from '../../core/healing/index.ts';
import { UserError } from '../../core/user-error.ts';
import { didYouMean } from '../../core/yaml/did-you-mean.ts';
import type { AlertsTable } from '../../lambdas/shared/alerts-table.ts';
import { dynamoAlertsTable } from '../../lambdas/shared/alerts-table.ts';
import { getHealing, listHealing } from '../../lambdas/shared/healing-records.ts';
import { namesOf } from '../../lib/names.ts';
import { type Command, readOptions } from '../command.ts';
import { DEPLOYMENT_HELP, DEPLOYMENT_OPTIONS, type FoundDeployment, findDeployment } from '../deployment.ts';

const DECISIONS = { approve: 'awaits-approval', thaw: 'frozen' } as const;
type Decision = keyof typeof DECISIONS;

/** The function takes a second; a cold one some more. */
const LOOKS = 40;
const LOOK_EVERY_MS = 250;

export const command: Command = {
  help: `Usage: npx nsmon heal list
       npx nsmon heal approve KEY [--as NAME]
       npx nsmon heal thaw KEY [--as NAME]

What the system tried by itself, by target and action, and what it waits for. What it may try is in rules/healing.yaml.

  list      every target and action: how it stands, and why
  approve   lets an action run that a person must approve
  thaw      lets an action run again that was frozen because it did not help twice in a row

KEY is as list shows it: lab-1/headset-1#reconnect-board

Options:
${DEPLOYMENT_HELP}
  --as NAME          who decides, for the audit trail; default: whoever is logged in`,

  async run(args) {
    const { values, positionals } = readOptions(args, { ...DEPLOYMENT_OPTIONS, as: { type: 'string' } });
    const [action = '', key, ...more] = positionals;
    if (action !== 'list' && !(action in DECISIONS)) {
      throw new UserError(`heal ${action}: say list, approve or thaw; npx nsmon heal --help tells more`);
    }
    if (action === 'list' ? key !== undefined : key === undefined || more.length > 0) {
      throw new UserError(action === 'list' ? `heal list ${key}: it takes no KEY` : `heal ${action}: say one KEY`);
    }
    const deployment = await findDeployment(values);
    const table = dynamoAlertsTable(deployment.dynamo, deployment.alertsTable, Date.now);
    if (action === 'list') return list(await listHealing(table));
    return decide(deployment, table, action as Decision, key ?? '', values.as ?? userInfo().username);
  },
};

function list(records: readonly HealingRecord[]): number {
  if (records.length === 0) say('nothing was healed yet');
  for (const { key, status, reason, sinceMs, failures } of records) {
    say(`${new Date(sinceMs).toISOString().slice(0, 19)}Z  ${key}  ${status}: ${REASONS[reason]}`);
    for (const { atMs, text } of failures) say(`    ${new Date(atMs).toISOString().slice(11, 19)}Z  ${text}`);
  }
  return 0;
}

/** Asks the function `heal`, which knows what else must hold, and waits for what it decides. */
async function decide(
  { client, environment, describe }: FoundDeployment,
  table: AlertsTable,
  decision: Decision,
  key: string,
  by: string,
): Promise<number> {
  const before = await getHealing(table, key);
  if (!before) {
    const keys = (await listHealing(table)).map((record) => record.key);
    throw new UserError(
      `${describe} knows no ${key}; ${keys.length === 0 ? 'nothing was healed yet' : didYouMean(key, keys)}`,
    );
  }
  if (before.status !== DECISIONS[decision]) {
    throw new UserError(`${key} is ${before.status} (${REASONS[before.reason]}): there is nothing to ${decision}`);
  }
  const name = by.replace(/[^\w.@-]+/g, '-').slice(0, 60) || 'operator';
  const topic = `$aws/rules/${namesOf(environment as Parameters<typeof namesOf>[0]).healingRule}/operators/${name}/healing`;
  const payload = Buffer.from(JSON.stringify({ decision, key, by }));
  await new IoTDataPlaneClient(client).send(new PublishCommand({ topic, qos: 1, payload }));
  for (let i = 0; i < LOOKS; i += 1) {
    const after = await getHealing(table, key);
    if (after && after.sinceMs !== before.sinceMs) return list([after]);
    await sleep(LOOK_EVERY_MS);
  }
  throw new UserError(
    `${describe} took the decision, but ${key} is unchanged after ${(LOOKS * LOOK_EVERY_MS) / 1000} s; look at the log of the function heal`,
  );
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
