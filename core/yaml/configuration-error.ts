import { UserError } from '../user-error.ts';

/** A file for operators is wrong. The message lists every problem with its place. */
export class ConfigurationError extends UserError {
  override readonly name: string = 'ConfigurationError';
  /** Each as `file:line:column: what is wrong`. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}
