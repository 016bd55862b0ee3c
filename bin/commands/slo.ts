import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sloFiles } from '../../core/slo/files.ts';
import type { Slo } from '../../core/slo/model.ts';
import { parseSlos } from '../../core/slo/parse.ts';
import { BURN_WINDOWS, burnRate } from '../../core/slo/windows.ts';
import { UserError } from '../../core/user-error.ts';
import { type Command, readOptions } from '../command.ts';
import { shownPath } from '../shown-path.ts';

const SHIPPED = path.resolve(import.meta.dirname, '../../rules');

export const command: Command = {
  help: `Usage: npx nsmon slo render|check [--rules DIRECTORY]

Service-level objectives: DIRECTORY/slos.yaml (default: rules/slos.yaml).

  render  writes the rules they become: recording/slos.yaml and alerts/slos.yaml
  check   says when they alert; ends with code 1 when the rules are not those that render would write`,

  async run(args) {
    const { positionals, values } = readOptions(args, { rules: { type: 'string' } });
    const [action, ...others] = positionals;
    if ((action !== 'render' && action !== 'check') || others.length > 0)
      throw new UserError(`slo ${positionals.join(' ')}: say render or check; npx nsmon slo --help tells more`);
    const directory = path.resolve(values.rules ?? SHIPPED);
    const source = path.join(directory, 'slos.yaml');
    if (!existsSync(source)) throw new UserError(`there is no file ${source}`);
    const slos = parseSlos(readFileSync(source, 'utf8'), shownPath(source));
    for (const slo of slos) process.stdout.write(`${describe(slo)}\n`);
    let isCurrent = true;
    for (const [name, text] of sloFiles(slos)) {
      const file = path.join(directory, name);
      const shown = shownPath(file);
      if (existsSync(file) && readFileSync(file, 'utf8') === text) process.stdout.write(`${shown}: up to date\n`);
      else if (action === 'check') {
        process.stdout.write(`${shown}: not what slos.yaml says now; run npx nsmon slo render\n`);
        isCurrent = false;
      } else {
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, text);
        process.stdout.write(`${shown}: written\n`);
      }
    }
    return isCurrent ? 0 : 1;
  },
};

function describe({ name, objective, periodMs, exclude, by }: Slo): string {
  const percent = (share: number): string => `${Number((100 * share).toPrecision(4))} %`;
  const days = periodMs / 86_400_000;
  const each = by.length === 0 ? '' : `, for each ${by.join(' and ')}`;
  return [
    `${name}: ${percent(objective)} over ${days} days${each}`,
    ...BURN_WINDOWS.map((window) => {
      const rate = burnRate(window, periodMs);
      const limit = rate * (1 - objective);
      const meaning = limit >= 1 ? 'never: more than everything would have to be bad' : `above ${percent(limit)} bad`;
      return `  ${window.severity.padEnd(6)} ${window.long} and ${window.short}: ${meaning} (${rate} times too fast)`;
    }),
    ...exclude.map(({ reason }) => `  excluded: ${reason}`),
  ].join('\n');
}
