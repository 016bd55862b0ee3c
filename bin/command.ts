import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UserError } from '../core/user-error.ts';

/** One command of the command line. */
export interface Command {
  /** What `--help` prints: usage, options, an example; of one with sub-commands also that of each. */
  readonly help: string | ((args: readonly string[]) => string);
  /** @returns the exit code */
  run(args: string[]): Promise<number>;
}

/**
 * Options of a command line, strictly: an unknown one is an error that names the known ones.
 * @param allowPositionals false when the command takes nothing beside options
 * @throws UserError
 */
export function readOptions<T extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  options: T,
  allowPositionals = true,
) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals });
  } catch (error) {
    const known = Object.keys(options).map((name) => `--${name}`);
    const [reason] = (error as Error).message.split('. ');
    throw new UserError(
      `${reason}; ${known.length > 0 ? `the options are ${known.join(', ')}` : 'there are no options'}`,
    );
  }
}
