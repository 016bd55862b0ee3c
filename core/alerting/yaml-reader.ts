import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { parseDuration } from '../promql/durations.ts';
import { UserError } from '../user-error.ts';

/** A file for operators is wrong. The message lists every problem with its place. */
export class ConfigurationError extends UserError {
  override readonly name = 'ConfigurationError';
  /** Each as `file:line:column: what is wrong`. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export type YamlNode = Node | null | undefined;
export type YamlFields = ReadonlyMap<string, YamlNode>;

/**
 * Reads a YAML file for people: notes each problem with line and column and goes on with a sensible value, so that all
 * problems of a file are known at once. Call `finish` at the end.
 */
export class YamlReader {
  readonly root: YamlNode;
  readonly warnings: string[] = [];
  readonly #problems: { readonly offset: number; readonly text: string }[] = [];
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #resolve: (node: YamlNode) => YamlNode;

  constructor(file: string, text: string) {
    this.#file = file;
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, merge: true });
    this.#resolve = (node) => (isAlias(node) ? node.resolve(document) : node);
    this.root = document.contents;
    for (const error of document.errors) this.#problems.push({ offset: error.pos[0], text: error.message });
    this.finish();
  }

  problem(node: YamlNode, text: string): void {
    this.#problems.push({ offset: node?.range?.[0] ?? 0, text });
  }

  warning(node: YamlNode, text: string): void {
    this.warnings.push(`${this.#place(node?.range?.[0] ?? 0)}: ${text}`);
  }

  /** @throws ConfigurationError if there were problems */
  finish(): void {
    if (this.#problems.length === 0) return;
    const inOrder = this.#problems.sort((a, b) => a.offset - b.offset);
    throw new ConfigurationError(inOrder.map(({ offset, text }) => `${this.#place(offset)}: ${text}`));
  }

  /** The fields of a mapping; those not in `known` are problems. Without `known` any name is right. */
  fields(node: YamlNode, what: string, known?: readonly string[]): YamlFields {
    const map = this.#resolve(node);
    const fields = new Map<string, YamlNode>();
    if (map === null || map === undefined) return fields;
    if (isScalar(map) && map.value === null) return fields;
    if (!isMap(map)) {
      this.problem(node, `${what} must be a mapping of names to values, got ${this.#show(map)}`);
      return fields;
    }
    for (const { key, value } of map.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (known && !known.includes(name)) {
        this.problem(key as Node, `${what} has an unknown field ${JSON.stringify(name)}${suggestion(name, known)}`);
      }
      fields.set(name, (value ?? key) as YamlNode);
      if (value === null || (isScalar(value) && value.value === null)) fields.set(name, null);
    }
    return fields;
  }

  /** The items of a list; an absent list is empty. */
  items(node: YamlNode, what: string): YamlNode[] {
    const list = this.#resolve(node);
    if (list === null || list === undefined) return [];
    if (isSeq(list)) return list.items as YamlNode[];
    this.problem(node, `${what} must be a list, got ${this.#show(list)}`);
    return [];
  }

  /** A text; numbers and booleans count as the text they are written as. Undefined when absent. */
  text(node: YamlNode, what: string): string | undefined {
    const scalar = this.#resolve(node);
    if (scalar === null || scalar === undefined) return undefined;
    if (isScalar(scalar) && typeof scalar.value === 'string') return scalar.value;
    if (isScalar(scalar) && scalar.value !== null && scalar.source !== undefined) return scalar.source;
    this.problem(node, `${what} must be a text, got ${this.#show(scalar)}`);
    return undefined;
  }

  texts(node: YamlNode, what: string): string[] {
    return this.items(node, what).map((item) => this.text(item, `an item of ${what}`) ?? '');
  }

  boolean(node: YamlNode, what: string): boolean | undefined {
    const scalar = this.#resolve(node);
    if (scalar === null || scalar === undefined) return undefined;
    if (isScalar(scalar) && typeof scalar.value === 'boolean') return scalar.value;
    this.problem(node, `${what} must be true or false, got ${this.#show(scalar)}`);
    return undefined;
  }

  /** A whole number of at least `least`. */
  count(node: YamlNode, what: string, least: number): number | undefined {
    const scalar = this.#resolve(node);
    if (scalar === null || scalar === undefined) return undefined;
    if (isScalar(scalar) && Number.isSafeInteger(scalar.value) && Number(scalar.value) >= least) {
      return Number(scalar.value);
    }
    this.problem(node, `${what} must be a whole number from ${least}, got ${this.#show(scalar)}`);
    return undefined;
  }

  /** A Prometheus duration (`5m`, `1h30m`) in milliseconds. */
  durationMs(node: YamlNode, what: string): number | undefined {
    const text = this.text(node, what);
    if (text === undefined) return undefined;
    const ms = parseDuration(text);
    if (ms === undefined) this.problem(node, `${what} must be a duration like 30s or 5m, got ${JSON.stringify(text)}`);
    return ms;
  }

  #place(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#file}:${line}:${col}`;
  }

  #show(node: Node): string {
    if (isMap(node)) return 'a mapping';
    if (isSeq(node)) return 'a list';
    return JSON.stringify(isScalar(node) ? node.value : null);
  }
}

/** `; did you mean "matchers"?` for a name that is nearly one of the known ones. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = known.find((candidate) => distance(name.toLowerCase(), candidate.toLowerCase()) <= 2);
  return near === undefined ? `; allowed: ${known.join(', ')}` : `; did you mean ${JSON.stringify(near)}?`;
}

/** Levenshtein's distance: how many letters must be put in, left out or replaced. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
