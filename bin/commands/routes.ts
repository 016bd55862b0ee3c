import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseRouting } from '../../core/alerting/routing/parse.ts';
import { UserError } from '../../core/user-error.ts';
import { ConfigurationError } from '../../core/yaml/configuration-error.ts';
import { type Command, readOptions } from '../command.ts';

const SHIPPED = path.resolve(import.meta.dirname, '../../rules/routing.yaml');

export const command: Command = {
  help: `Usage: npx nsmon routes check [FILE...]

Reads Alertmanager configurations; ends with code 1 and every problem, by line and column, when one is wrong. What is
understood but not applied, or sent nowhere, is a warning. Without files: rules/routing.yaml.`,

  async run(args) {
    const { positionals } = readOptions(args, {});
    const [action, ...given] = positionals;
    if (action !== 'check')
      throw new UserError(`routes ${action ?? ''}: say check; npx nsmon routes --help tells more`);
    const files = given.length > 0 ? given : [SHIPPED];
    const missing = files.filter((file) => !existsSync(file) || !statSync(file).isFile());
    if (missing.length > 0) throw new UserError(`there is no file ${missing.join(', ')}`);
    let isGood = true;
    for (const file of files) {
      const name = path.relative(process.cwd(), path.resolve(file));
      try {
        const { receivers, warnings } = parseRouting(readFileSync(file, 'utf8'), name);
        for (const warning of warnings) process.stdout.write(`${warning} (warning)\n`);
        process.stdout.write(`${name}: ${receivers.length} receivers\n`);
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        process.stdout.write(`${error.message}\n`);
        isGood = false;
      }
    }
    return isGood ? 0 : 1;
  },
};
