import { ConfigurationError } from '../yaml/configuration-error.ts';

/** Everything wrong in one rule file. */
export class RuleFileError extends ConfigurationError {
  override readonly name = 'RuleFileError';
}
