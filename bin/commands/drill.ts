import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../core/user-error.ts';
import { didYouMean } from '../../core/yaml/did-you-mean.ts';
import { drill } from '../../local/drill/drill.ts';
import { incidents } from '../../local/drill/incidents.ts';
import { type Command, readOptions } from '../command.ts';

const names = incidents.map(({ name }) => name);

export const command: Command = {
  help: `Usage: npm run drill -- [options]

Holds an incident drill on the local twin. Something breaks by chance; the pages come, the runbook section is shown, the
clock runs. The team acknowledges by the link in a page, looks at the dashboards, and chooses what to do until everything
has resolved. Ends with code 0 when it has.

Options:
  --seed N         the same drill again; default: by chance
  --incident NAME  not by chance: ${names.join(', ')}
  --report FILE    write the times, what happened and what to discuss, as Markdown
  --rehearse       play it without people, in less than two minutes
  --port PORT      where the dashboards are; default 3000, or the next free one

Examples:
  npm run drill -- --report drill.md
  npm run drill -- --rehearse --seed 7`,

  async run(args) {
    const { values, positionals } = readOptions(args, {
      seed: { type: 'string' },
      incident: { type: 'string' },
      report: { type: 'string' },
      rehearse: { type: 'boolean' },
      port: { type: 'string' },
    });
    const problems = positionals.map((one) => `${one}: no argument is expected beside the options`);
    const whole = (name: string, value: string | undefined, most: number): number | undefined => {
      if (value === undefined) return undefined;
      const number = Number(value);
      if (!(Number.isInteger(number) && number >= 1 && number <= most)) {
        problems.push(`--${name} is "${value}", must be a whole number from 1 to ${most}`);
      }
      return number;
    };
    const seed = whole('seed', values.seed, 2 ** 31) ?? randomInt(1, 100_000);
    const port = whole('port', values.port, 65_535);
    const incident = incidents.find(({ name }) => name === values.incident);
    if (values.incident !== undefined && !incident) {
      problems.push(`--incident is "${values.incident}"; ${didYouMean(values.incident, names)}`);
    }
    const reportFile = values.report === undefined ? undefined : path.resolve(values.report);
    if (reportFile !== undefined && !existsSync(path.dirname(reportFile))) {
      problems.push(`--report is "${values.report}": the folder ${path.dirname(reportFile)} does not exist`);
    }
    const rehearse = values.rehearse ?? false;
    if (!rehearse && !process.stdin.isTTY) {
      problems.push('a drill needs people at a terminal; --rehearse plays it without');
    }
    if (problems.length > 0) throw new UserError(problems.join('\n       '));
    return drill({
      seed,
      rehearse,
      ...(incident ? { incident } : {}),
      ...(reportFile === undefined ? {} : { reportFile }),
      ...(port === undefined ? {} : { port }),
    });
  },
};
