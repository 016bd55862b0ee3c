/** Gathers what is wrong with a configuration, so that all of it can be said at once. */
export interface Problems {
  add(problem: string): void;
}

/**
 * Reads a typed configuration from environment variables.
 * @param read gets `text(name)`, which notes a missing variable as a problem, and may add problems of its own
 * @throws Error listing every problem
 */
export function readSettings<T>(
  env: NodeJS.ProcessEnv,
  read: (text: (name: string) => string, problems: Problems) => T,
): T {
  const problems: string[] = [];
  const text = (name: string): string => {
    const value = env[name];
    if (!value) problems.push(`${name} is not set`);
    return value ?? '';
  };
  const settings = read(text, { add: (problem) => problems.push(problem) });
  if (problems.length > 0) {
    throw new Error(`The function's environment is wrong: ${problems.join('; ')}. It is set by the CDK app in lib/.`);
  }
  return settings;
}
