import { UserError } from '../user-error.ts';

/** One thing wrong in a file, at a line and column (from 1). */
export interface FileProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Everything wrong in one rule file. */
export class RuleFileError extends UserError {
  override readonly name = 'RuleFileError';
  readonly file: string;
  readonly problems: readonly FileProblem[];

  constructor(file: string, problems: readonly FileProblem[]) {
    const lines = problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
    super(lines.join('\n'));
    this.file = file;
    this.problems = problems;
  }
}
