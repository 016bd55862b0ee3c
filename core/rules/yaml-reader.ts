import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import type { FileProblem } from './problems.ts';

/** A mapping of the file with the entries the reader knows. */
export type Fields = ReadonlyMap<string, Node>;

/** Reads a YAML file strictly, keeping where everything stands; collects problems instead of stopping at the first. */
export class YamlReader {
  readonly root: Node | null;
  readonly problems: FileProblem[] = [];
  private readonly counter = new LineCounter();

  constructor(text: string) {
    const document = parseDocument(text, { lineCounter: this.counter, uniqueKeys: true });
    for (const error of document.errors) {
      const [start] = error.pos;
      const { line, col } = this.counter.linePos(start);
      this.problems.push({
        line,
        column: col,
        message: error.message.split('\n')[0]?.replace(/ at line.*$/, '') ?? '',
      });
    }
    this.root = document.contents as Node | null;
  }

  position(node: Node | null | undefined): { line: number; column: number } {
    const { line, col } = this.counter.linePos(node?.range?.[0] ?? 0);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  problem(node: Node | null | undefined, message: string): void {
    this.problems.push({ ...this.position(node), message });
  }

  /** The fields of a mapping; unknown ones are problems. Undefined when the node is no mapping. */
  fields(node: Node | null | undefined, what: string, known: readonly string[]): Fields | undefined {
    if (!isMap(node)) {
      this.problem(node, `${what} must be a mapping with ${known.join(', ')}`);
      return undefined;
    }
    const fields = new Map<string, Node>();
    for (const { key, value } of (node as YAMLMap<Node, Node | null>).items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (!known.includes(name)) {
        this.problem(key, `unknown field ${JSON.stringify(name)} in ${what}${suggestion(name, known)}`);
      } else if (value) fields.set(name, value);
    }
    return fields;
  }

  items(node: Node | null | undefined, what: string): readonly Node[] {
    if (node === null || node === undefined || (isScalar(node) && node.value === null)) return [];
    if (isSeq(node)) return node.items as Node[];
    this.problem(node, `${what} must be a list`);
    return [];
  }

  /** A scalar as text; numbers and booleans are texts, too. */
  text(node: Node | undefined, what: string): string | undefined {
    if (node === undefined) return undefined;
    if (isScalar(node) && typeof node.value === 'string') return node.value;
    // As written: 0.50 is the text 0.50.
    if (isScalar(node) && node.value !== null) return node.source ?? JSON.stringify(node.value);
    this.problem(node, `${what} must be a text`);
    return undefined;
  }

  /** A mapping of texts to texts, with the node of each value. */
  texts(node: Node | undefined, what: string): Map<string, { value: string; node: Node; key: Node }> {
    const result = new Map<string, { value: string; node: Node; key: Node }>();
    if (node === undefined || (isScalar(node) && node.value === null)) return result;
    if (!isMap(node)) {
      this.problem(node, `${what} must be a mapping`);
      return result;
    }
    for (const { key, value } of (node as YAMLMap<Node, Node | null>).items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (value === null || (isScalar(value) && value.value === null)) result.set(name, { value: '', node: key, key });
      else {
        const text = this.text(value, `${what} ${name}`);
        if (text !== undefined) result.set(name, { value: text, node: value, key });
      }
    }
    return result;
  }
}

/** ` - did you mean "labels"?` when a known name is close. */
function suggestion(name: string, known: readonly string[]): string {
  const near = known.find((candidate) => distance(name, candidate) <= 2);
  return near ? ` - did you mean ${JSON.stringify(near)}?` : `: known are ${known.join(', ')}`;
}

/** Levenshtein's: fewest insertions, deletions and replacements. */
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
