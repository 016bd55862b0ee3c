interface TextOptions {
  readonly pattern?: RegExp;
  /** What is allowed, for people: `dev, staging or prod`. */
  readonly like: string;
  readonly fallback?: string | undefined;
}

interface NumberOptions {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
}

/**
 * Reads the fields of a JSON object, noting every problem instead of stopping at the first: a value of the right type
 * is returned in any case, and is to be used only if no problem was noted.
 */
export class Fields {
  private readonly values: Readonly<Record<string, unknown>>;
  private readonly path: string;
  private readonly problems: string[];
  private readonly known = new Set<string>();

  private constructor(values: Readonly<Record<string, unknown>>, path: string, problems: string[]) {
    this.values = values;
    this.path = path;
    this.problems = problems;
  }

  static of(value: unknown, path: string, problems: string[]): Fields {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (value !== undefined && !isObject) {
      problems.push(`${path || 'the configuration'} is ${show(value)}; it must be an object`);
    }
    return new Fields(isObject ? (value as Record<string, unknown>) : {}, path, problems);
  }

  has(name: string): boolean {
    this.known.add(name);
    return this.values[name] !== undefined;
  }

  all(): Readonly<Record<string, unknown>> {
    return this.values;
  }

  text(name: string, { pattern, like, fallback }: TextOptions): string {
    const value = this.take(name) ?? fallback;
    const isText = typeof value === 'string' && value !== '';
    if (isText && (pattern === undefined || pattern.test(value))) return value;
    this.problem(name, value, like);
    return '';
  }

  optionalText<Name extends string>(name: Name): { readonly [key in Name]?: string } {
    if (this.take(name) === undefined) return {};
    return { [name]: this.text(name, { like: 'a text that is not empty' }) } as { readonly [key in Name]?: string };
  }

  texts(name: string): string[] {
    const value = this.take(name) ?? [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    this.problem(name, value, 'a list of texts');
    return [];
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.take(name) ?? fallback;
    if (typeof value === 'boolean') return value;
    this.problem(name, value, 'true or false');
    return fallback;
  }

  number(name: string, { min, max, fallback }: NumberOptions): number {
    const value = this.take(name) ?? fallback;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    this.problem(name, value, `a number from ${min} to ${max}`);
    return fallback;
  }

  optionalPort<Name extends string>(name: Name): { readonly [key in Name]?: number } {
    const value = this.take(name);
    if (value === undefined) return {};
    if (!Number.isInteger(value) || Number(value) < 0 || Number(value) > 65_535) {
      this.problem(name, value, 'a port, 0 to 65535');
    }
    return { [name]: value } as { readonly [key in Name]?: number };
  }

  url(name: string): string {
    const value = this.take(name);
    if (typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value)) return value;
    this.problem(name, value, 'a URL such as http://127.0.0.1:9464/metrics');
    return 'http://127.0.0.1';
  }

  section(name: string): Fields {
    return Fields.of(this.take(name), this.at(name), this.problems);
  }

  sections(name: string): Fields[] {
    const value = this.take(name) ?? [];
    if (Array.isArray(value)) return value.map((item, i) => Fields.of(item, `${this.at(name)}[${i}]`, this.problems));
    this.problem(name, value, 'a list of objects');
    return [];
  }

  /** A misspelt field would silently have no effect: every field that nobody read is a problem. */
  refuseOthers(): void {
    for (const name of Object.keys(this.values)) {
      if (this.known.has(name)) continue;
      this.problems.push(`${this.at(name)} is not a setting; here are ${[...this.known].join(', ')}`);
    }
  }

  private take(name: string): unknown {
    this.known.add(name);
    return this.values[name] ?? undefined;
  }

  private at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  private problem(name: string, value: unknown, like: string): void {
    const found = value === undefined ? 'is missing' : `is ${show(value)}`;
    this.problems.push(`${this.at(name)} ${found}; it must be ${like}`);
  }
}

function show(value: unknown): string {
  return JSON.stringify(value).slice(0, 100);
}
