/** Gathers what is wrong with a configuration, so that all of it can be said at once. */
export interface Problems {
  add(problem: string): void;
}

type Reader = (name: string) => string;

/**
 * Reads a typed configuration from environment variables.
 * @param read gets `text(name)`, which notes a missing variable as a problem, may add problems of its own, and gets
 * `seconds(name)`, which wants a number above 0
 * @throws Error listing every problem
 */
export function readSettings<T>(
  env: NodeJS.ProcessEnv,
  read: (text: Reader, problems: Problems, seconds: Reader) => T,
): T {
  const problems: string[] = [];
  const text = (name: string): string => {
    const value = env[name];
    if (!value) problems.push(`${name} is not set`);
    return value ?? '';
  };
  const seconds = (name: string): string => {
    const value = text(name);
    if (value !== '' && !(Number(value) > 0)) {
      problems.push(`${name} is ${JSON.stringify(value)}, must be a number above 0`);
    }
    return value;
  };
  const settings = read(text, { add: (problem) => problems.push(problem) }, seconds);
  if (problems.length > 0) {
    throw new Error(`The function's environment is wrong: ${problems.join('; ')}. It is set by the CDK app in lib/.`);
  }
  return settings;
}
