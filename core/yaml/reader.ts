import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { parseDuration } from '../promql/durations.ts';
import { ConfigurationError } from './configuration-error.ts';
import { didYouMean } from './did-you-mean.ts';
import { excessIn } from './excess.ts';

export type YamlNode = Node | null | undefined;
export type YamlFields = ReadonlyMap<string, YamlNode>;

/** One field of a mapping as it stands in the file. The value is null where nothing is written. */
export interface YamlEntry {
  readonly name: string;
  readonly key: Node;
  readonly value: Node | null;
}

/** A few lines of aliases to aliases can stand for millions of items. */
const MOST_ALIASES = 1_000;
/** Nobody reads more. */
const MOST_PROBLEMS = 500;

/** A place in the file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Of YAML 1.1, which Prometheus and Alertmanager still read, where they expect a boolean. */
const OLDER_BOOLEANS: Readonly<Record<string, boolean>> = {
  y: true,
  yes: true,
  on: true,
  n: false,
  no: false,
  off: false,
};

/**
 * Reads a YAML file for people: notes each problem with line and column and goes on with a sensible value, so that all
 * problems of a file are known at once. Call `finish` at the end.
 */
export class YamlReader {
  readonly root: YamlNode;
  readonly warnings: string[] = [];
  readonly #problems: (Position & { readonly text: string })[] = [];
  readonly #file: string;
  readonly #Failure: typeof ConfigurationError;
  readonly #lines = new LineCounter();
  readonly #document: Document;
  readonly #resolve: (node: YamlNode) => YamlNode;

  /**
   * @param Failure what to throw
   * @throws ConfigurationError when the text is no YAML
   */
  constructor(file: string, text: string, Failure = ConfigurationError) {
    this.#file = file;
    this.#Failure = Failure;
    const excess = excessIn(text);
    if (excess) throw new Failure([this.#say(excess, excess.text)]);
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, merge: true });
    this.#document = document as Document;
    let aliases = 0;
    this.#resolve = (node) => {
      if (!isAlias(node)) return node;
      aliases += 1;
      if (aliases > MOST_ALIASES) {
        throw new Failure([
          this.#say(this.position(node), `aliases (*name) are followed more than ${MOST_ALIASES} times`),
        ]);
      }
      return node.resolve(document);
    };
    this.root = document.contents;
    for (const error of document.errors) this.problemAt(this.#positionOf(error.pos[0]), error.message);
    this.finish();
  }

  /** Where the node begins; where the file begins when there is no node. */
  position(node: YamlNode): Position {
    return this.#positionOf(node?.range?.[0] ?? 0);
  }

  problem(node: YamlNode, text: string): void {
    this.problemAt(this.position(node), text);
  }

  problemAt(position: Position, text: string): void {
    this.#problems.push({ ...position, text });
  }

  warning(node: YamlNode, text: string): void {
    this.warnings.push(this.#say(this.position(node), text));
  }

  /** @throws ConfigurationError, or what was asked for instead, if there were problems */
  finish(): void {
    if (this.#problems.length === 0) return;
    const inOrder = this.#problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    const told = inOrder.slice(0, MOST_PROBLEMS).map((problem) => this.#say(problem, problem.text));
    const more = inOrder.length - told.length;
    throw new this.#Failure(more === 0 ? told : [...told, `${this.#file}: and ${more} problems more`]);
  }

  /** The fields of a mapping; those not in `known` are problems. Without `known` any name is right. */
  fields(node: YamlNode, what: string, known?: readonly string[]): YamlFields {
    const fields = new Map<string, YamlNode>();
    if (isAbsent(this.#resolve(node))) return fields;
    const entries = this.entries(node);
    if (!entries) this.problem(node, `${what} must be a mapping of names to values, got ${this.#show(node)}`);
    for (const { name, key, value } of entries ?? []) {
      if (known && !known.includes(name)) {
        this.problem(key, `${what} has an unknown field ${JSON.stringify(name)}; ${didYouMean(name, known)}`);
      }
      fields.set(name, isAbsent(value) ? null : value);
    }
    return fields;
  }

  /** What stands in a mapping, in order. Undefined when the node is no mapping. */
  entries(node: YamlNode): YamlEntry[] | undefined {
    const map = this.#resolve(node);
    if (!isMap<Node, Node | null>(map)) return undefined;
    return map.items.map(({ key, value }) => ({ name: isScalar(key) ? String(key.value) : '', key, value }));
  }

  /** The items of a list; an absent list is empty. */
  items(node: YamlNode, what: string): YamlNode[] {
    const list = this.#resolve(node);
    if (isAbsent(list)) return [];
    if (isSeq<Node>(list)) return list.items;
    this.problem(node, `${what} must be a list, got ${this.#show(node)}`);
    return [];
  }

  /** A text; numbers and booleans count as the text they are written as (0.50 stays 0.50). Undefined when absent. */
  text(node: YamlNode, what: string): string | undefined {
    const scalar = this.#resolve(node);
    if (scalar === null || scalar === undefined) return undefined;
    if (isScalar(scalar) && typeof scalar.value === 'string') return scalar.value;
    if (isScalar(scalar) && scalar.value !== null && scalar.source !== undefined) return scalar.source;
    this.problem(node, `${what} must be a text, got ${this.#show(node)}`);
    return undefined;
  }

  texts(node: YamlNode, what: string): string[] {
    return this.items(node, what).map((item) => this.text(item, `an item of ${what}`) ?? '');
  }

  boolean(node: YamlNode, what: string): boolean | undefined {
    const scalar = this.#resolve(node);
    if (scalar === null || scalar === undefined) return undefined;
    if (isScalar(scalar) && typeof scalar.value === 'boolean') return scalar.value;
    const older =
      isScalar(scalar) && scalar.type === 'PLAIN' ? OLDER_BOOLEANS[String(scalar.value).toLowerCase()] : undefined;
    if (older !== undefined) return older;
    this.problem(node, `${what} must be true or false, got ${this.#show(node)}`);
    return undefined;
  }

  /** Any number; `.inf` and `.nan` are numbers of YAML. */
  number(node: YamlNode, what: string): number | undefined {
    const scalar = this.#resolve(node);
    if (scalar === null || scalar === undefined) return undefined;
    if (isScalar(scalar) && typeof scalar.value === 'number') return scalar.value;
    const text = isScalar(scalar) && typeof scalar.value === 'string' ? scalar.value.trim() : '';
    const number = text === '' ? Number.NaN : Number(text);
    if (text === 'NaN' || !Number.isNaN(number)) return number;
    this.problem(node, `${what} must be a number, got ${this.#show(node)}`);
    return undefined;
  }

  /** A whole number of at least `least`. */
  count(node: YamlNode, what: string, least: number): number | undefined {
    const scalar = this.#resolve(node);
    if (scalar === null || scalar === undefined) return undefined;
    if (isScalar(scalar) && Number.isSafeInteger(scalar.value) && Number(scalar.value) >= least) {
      return Number(scalar.value);
    }
    this.problem(node, `${what} must be a whole number from ${least}, got ${this.#show(node)}`);
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

  /** Whatever is written, as JavaScript has it. */
  plain(node: YamlNode): unknown {
    return this.#resolve(node)?.toJS(this.#document) ?? null;
  }

  #positionOf(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  #say({ line, column }: Position, text: string): string {
    return `${this.#file}:${line}:${column}: ${text}`;
  }

  #show(node: YamlNode): string {
    const value = this.#resolve(node);
    if (isMap(value)) return 'a mapping';
    if (isSeq(value)) return 'a list';
    return JSON.stringify(isScalar(value) ? value.value : null);
  }
}

function isAbsent(node: YamlNode): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}
