import path from 'node:path';
import { type Command, readOptions } from '../command.ts';
import { examineAccount } from '../doctor/account.ts';
import type { Finding } from '../doctor/finding.ts';
import { examineMachine } from '../doctor/machine.ts';

const MARK: Readonly<Record<Finding['verdict'], string>> = { ok: 'ok      ', warning: 'warning ', problem: 'PROBLEM ' };

export const command: Command = {
  help: `Usage: npm run doctor [-- --region REGION]

Checks what the twin needs of this machine and, where there are AWS credentials, what a deploy needs of the account:
region, CDK bootstrap, whether Timestream for LiveAnalytics is open to it, Identity Center for Grafana, and what either
metric store costs. Changes nothing. Ends with code 1 when something must be mended.

Options:
  --region REGION   default: AWS_REGION`,

  async run(args) {
    const { values } = readOptions(args, { region: { type: 'string' } }, false);
    const projectDir = path.resolve(import.meta.dirname, '../..');
    const region = values.region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
    const sections = [
      ['This machine', await examineMachine(projectDir)],
      ['AWS', await examineAccount(region)],
    ] as const;
    for (const [title, findings] of sections) {
      process.stdout.write(`${title}\n`);
      for (const { verdict, text, remedy } of findings) {
        process.stdout.write(`  ${MARK[verdict]}${text}\n${remedy ? `          -> ${remedy}\n` : ''}`);
      }
    }
    return sections.some(([, findings]) => findings.some(({ verdict }) => verdict === 'problem')) ? 1 : 0;
  },
};
