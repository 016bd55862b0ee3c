/** What a value must be; the value itself is never told, because it is secret. */
export interface Check {
  readonly what: string;
  readonly holds: (value: string) => boolean;
}

/** Half of SHA-256's output: a shorter key weakens the signature (RFC 2104, section 3). */
const SHORTEST_KEY = 16;

export const anyText: Check = { what: 'a text', holds: (value) => value !== '' };
export const aKey: Check = {
  what: `a text of at least ${SHORTEST_KEY} characters`,
  holds: (value) => value.length >= SHORTEST_KEY,
};
export const aUrl: Check = { what: 'a URL', holds: (value) => /^https?:\/\//.test(value) && URL.canParse(value) };
export const anEmail: Check = { what: 'an e-mail address', holds: (value) => /^[^@\s]+@[^@\s]+$/.test(value) };
export const aPhone: Check = {
  what: 'a telephone number like +4915112345678',
  holds: (value) => /^\+[1-9]\d{6,14}$/.test(value),
};

/** Reads an object of a secret and gathers what is wrong with it. */
export class SecretReader {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #problems: string[];

  constructor(value: unknown, path: string, problems: string[]) {
    this.#fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
    this.#path = path;
    this.#problems = problems;
  }

  /** @throws nothing: a text that is not JSON is a problem, and reads as if it were empty */
  static of(text: string, problems: string[]): SecretReader {
    try {
      return new SecretReader(JSON.parse(text), '', problems);
    } catch {
      problems.push('it is not JSON');
      return new SecretReader({}, '', problems);
    }
  }

  get names(): readonly string[] {
    return Object.keys(this.#fields);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name);
  }

  /** The object of this name; undefined when it is absent. */
  section(name: string): SecretReader | undefined {
    return this.has(name) ? new SecretReader(this.#fields[name], `${this.#path}${name}.`, this.#problems) : undefined;
  }

  /** A text that must be there. */
  text(name: string, check: Check): string {
    const value = this.#fields[name];
    if (typeof value === 'string' && check.holds(value)) return value;
    this.problem(name, check.what);
    return '';
  }

  /** A text that may be there, as an object to be spread. */
  maybe<N extends string>(name: N, check: Check): { readonly [K in N]?: string } {
    return this.has(name) ? ({ [name]: this.text(name, check) } as { readonly [K in N]: string }) : {};
  }

  /** A list with one member at least. */
  list(name: string, check: Check): readonly string[] {
    const value = this.#fields[name];
    const isRight = (one: unknown): one is string => typeof one === 'string' && check.holds(one);
    if (Array.isArray(value) && value.length > 0 && value.every(isRight)) return value as readonly string[];
    this.problem(name, `a list, each member of it ${check.what}`);
    return [];
  }

  /** Whether it is `true`; absent is not. */
  flag(name: string): boolean {
    const value = this.#fields[name] ?? false;
    if (typeof value !== 'boolean') this.problem(name, 'true or false');
    return value === true;
  }

  problem(name: string, what: string): void {
    this.#problems.push(`${this.#path}${name} must be ${what}`);
  }
}
