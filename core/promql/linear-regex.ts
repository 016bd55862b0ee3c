/**
 * A matcher for regular expressions whose time grows with expression times text and no more (Pike's virtual machine:
 * https://swtch.com/~rsc/regexp/regexp2.html), as RE2's, which Prometheus uses, does. JavaScript's own backtracks:
 * `(a+)+b` on thirty `a` takes it a minute. Reads JavaScript's syntax in the part of it that `translate` writes.
 */

/** More instructions than this are no expression that a person wrote (RE2 refuses what repeats more than 1,000 times). */
const MOST_INSTRUCTIONS = 10_000;
const MOST_REPETITIONS = 1_000;

/** A match: where, the whole (0) and the groups, by number and by name. Absent groups are undefined. */
export interface Match {
  readonly index: number;
  readonly groups: readonly (string | undefined)[];
  readonly named: Readonly<Record<string, string | undefined>>;
}

type Node =
  | { readonly kind: 'char'; readonly test: (char: string) => boolean }
  | { readonly kind: 'assert'; readonly test: (text: string, at: number) => boolean }
  | { readonly kind: 'sequence' | 'alternatives'; readonly nodes: readonly Node[] }
  | { readonly kind: 'group'; readonly number: number; readonly node: Node }
  | {
      readonly kind: 'repeat';
      readonly node: Node;
      readonly least: number;
      readonly most: number;
      readonly lazy: boolean;
    };

type Instruction =
  | { readonly op: 'char'; readonly test: (char: string) => boolean }
  | { readonly op: 'assert'; readonly test: (text: string, at: number) => boolean }
  | { readonly op: 'save'; readonly slot: number }
  /** Goes on at both, the first preferred. */
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'match' };

/** Where each group began and ended. */
type Slots = readonly (number | undefined)[];

interface Thread {
  readonly at: number;
  readonly slots: Slots;
}

export class LinearRegex {
  private readonly program: readonly Instruction[];
  private readonly names: readonly (string | undefined)[];
  private readonly anchored: boolean;

  /** @param anchored whether the whole text must match. Throws a plain Error when the expression is too large. */
  constructor(source: string, anchored: boolean) {
    const reader = new Reader(source);
    const node = reader.alternatives();
    this.program = new Compiler().compile(node);
    this.names = reader.names;
    this.anchored = anchored;
  }

  /** The leftmost match at or after `from`, by the same preferences as a backtracking matcher. */
  exec(text: string, from = 0): Match | undefined {
    const seen = new Int32Array(this.program.length).fill(-1);
    let threads: Thread[] = [];
    let found: Slots | undefined;
    for (let at = from; ; ) {
      if (!found && (at === from || !this.anchored)) this.follow(threads, { at: 0, slots: [at] }, text, at, seen);
      if (threads.length === 0 && (found || this.anchored)) break;
      const char = at < text.length ? String.fromCodePoint(text.codePointAt(at) ?? 0) : '';
      const nextAt = at + Math.max(1, char.length);
      const next: Thread[] = [];
      for (const thread of threads) {
        const instruction = this.program[thread.at] as Instruction;
        if (instruction.op === 'match') {
          if (this.anchored && at < text.length) continue;
          found = [thread.slots[0], at, ...thread.slots.slice(2)];
          // Whatever comes after is preferred less.
          break;
        }
        if (instruction.op === 'char' && char !== '' && instruction.test(char)) {
          this.follow(next, { at: thread.at + 1, slots: thread.slots }, text, nextAt, seen);
        }
      }
      threads = next;
      if (at >= text.length) break;
      at = nextAt;
    }
    return found && this.matchOf(text, found);
  }

  /** Adds what is reached without taking a character, in order of preference, each instruction once at each place. */
  private follow(threads: Thread[], start: Thread, text: string, place: number, seen: Int32Array): void {
    const waiting: Thread[] = [start];
    for (let thread = waiting.pop(); thread; thread = waiting.pop()) {
      const { at, slots } = thread;
      if (seen[at] === place) continue;
      seen[at] = place;
      const instruction = this.program[at] as Instruction;
      if (instruction.op === 'split') {
        waiting.push({ at: instruction.second, slots }, { at: instruction.first, slots });
      } else if (instruction.op === 'save') {
        const saved = [...slots];
        saved[instruction.slot] = place;
        waiting.push({ at: at + 1, slots: saved });
      } else if (instruction.op === 'assert') {
        if (instruction.test(text, place)) waiting.push({ at: at + 1, slots });
      } else threads.push(thread);
    }
  }

  private matchOf(text: string, slots: Slots): Match {
    const groups = this.names.map((_name, i) => {
      const [from, to] = [slots[2 * i], slots[2 * i + 1]];
      return from === undefined || to === undefined ? undefined : text.slice(from, to);
    });
    const named: Record<string, string | undefined> = {};
    this.names.forEach((name, i) => {
      if (name !== undefined) named[name] = groups[i];
    });
    return { index: slots[0] ?? 0, groups, named };
  }
}

class Compiler {
  private readonly program: Instruction[] = [];

  compile(node: Node): Instruction[] {
    this.node(node);
    this.emit({ op: 'match' });
    return this.program;
  }

  private emit<T extends Instruction>(instruction: T): T {
    if (this.program.length >= MOST_INSTRUCTIONS) throw new Error('it is too large');
    this.program.push(instruction);
    return instruction;
  }

  private node(node: Node): void {
    switch (node.kind) {
      case 'char':
        this.emit({ op: 'char', test: node.test });
        return;
      case 'assert':
        this.emit({ op: 'assert', test: node.test });
        return;
      case 'sequence':
        for (const part of node.nodes) this.node(part);
        return;
      case 'alternatives':
        this.alternatives(node.nodes);
        return;
      case 'group':
        this.emit({ op: 'save', slot: 2 * node.number });
        this.node(node.node);
        this.emit({ op: 'save', slot: 2 * node.number + 1 });
        return;
      case 'repeat':
        this.repeat(node);
    }
  }

  private alternatives(nodes: readonly Node[]): void {
    const ends: { first: number; second: number }[] = [];
    nodes.forEach((node, i) => {
      const split = i < nodes.length - 1 ? this.split() : undefined;
      this.node(node);
      if (!split) return;
      ends.push(this.split());
      split.second = this.program.length;
    });
    for (const end of ends) end.first = end.second = this.program.length;
  }

  /** Goes on with the next instruction, until told otherwise. */
  private split(): { first: number; second: number } {
    const next = this.program.length + 1;
    return this.emit({ op: 'split', first: next, second: next });
  }

  private repeat({ node, least, most, lazy }: Extract<Node, { kind: 'repeat' }>): void {
    for (let i = 0; i < least; i += 1) this.node(node);
    const skip = (split: { first: number; second: number }): void => {
      if (lazy) split.first = this.program.length;
      else split.second = this.program.length;
    };
    if (most === Number.POSITIVE_INFINITY) {
      const start = this.program.length;
      const split = this.split();
      this.node(node);
      const back = this.split();
      back.first = back.second = start;
      skip(split);
      return;
    }
    const splits = [];
    for (let i = least; i < most; i += 1) {
      splits.push(this.split());
      this.node(node);
    }
    for (const split of splits) skip(split);
  }
}

const ATOM =
  /^(?:\[\^\]|\[(?:\\[\s\S]|[^\]\\])*\]|\\(?:[pP]\{[^}]*\}|x[0-9a-fA-F]{2}|u\{[0-9a-fA-F]+\}|[\s\S])|[\s\S])/u;
const GROUP = /^\((?:\?:|\?<(\w+)>)?/;
const QUANTIFIER = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/;

/** Reads the source; that it is right is known, because JavaScript's own reader has taken it. */
class Reader {
  /** Of the groups; the whole match comes first. */
  readonly names: (string | undefined)[] = [undefined];
  private rest: string;

  constructor(source: string) {
    this.rest = source;
  }

  alternatives(): Node {
    const nodes = [this.sequence()];
    while (this.rest.startsWith('|')) {
      this.rest = this.rest.slice(1);
      nodes.push(this.sequence());
    }
    return nodes.length === 1 ? (nodes[0] as Node) : { kind: 'alternatives', nodes };
  }

  private sequence(): Node {
    const nodes: Node[] = [];
    while (this.rest !== '' && !/^[|)]/.test(this.rest)) nodes.push(this.repeated(this.atom()));
    return { kind: 'sequence', nodes };
  }

  private take(text: string): void {
    this.rest = this.rest.slice(text.length);
  }

  private repeated(node: Node): Node {
    const match = QUANTIFIER.exec(this.rest);
    if (!match) return node;
    const [all, least, comma, most] = match;
    this.take(all);
    const lazy = all.length > 1 && all.endsWith('?');
    const bounds = (low: number, high: number): Node => {
      const highest = Number.isFinite(high) ? high : low;
      if (highest > MOST_REPETITIONS) throw new Error(`it repeats more than ${MOST_REPETITIONS} times`);
      return { kind: 'repeat', node, least: low, most: high, lazy };
    };
    if (least === undefined) {
      return bounds(all[0] === '+' ? 1 : 0, all[0] === '?' ? 1 : Number.POSITIVE_INFINITY);
    }
    const low = Number(least);
    return bounds(low, comma === undefined ? low : most === '' ? Number.POSITIVE_INFINITY : Number(most));
  }

  private atom(): Node {
    const group = GROUP.exec(this.rest);
    if (group) {
      const [all, name] = group;
      this.take(all);
      const captures = !all.endsWith('?:');
      const number = captures ? this.names.push(name) - 1 : 0;
      const node = this.alternatives();
      this.take(')');
      return captures ? { kind: 'group', number, node } : node;
    }
    const text = ATOM.exec(this.rest)?.[0] ?? this.rest;
    this.take(text);
    if (text === '^') return { kind: 'assert', test: (_text, at) => at === 0 };
    if (text === '$') return { kind: 'assert', test: (whole, at) => at === whole.length };
    if (text === '\\b') return { kind: 'assert', test: isBoundary };
    if (text === '\\B') return { kind: 'assert', test: (whole, at) => !isBoundary(whole, at) };
    if (/^[^\\[.]/u.test(text)) return { kind: 'char', test: (char) => char === text };
    const one = new RegExp(`^${text}$`, 'u');
    return { kind: 'char', test: (char) => one.test(char) };
  }
}

function isBoundary(text: string, at: number): boolean {
  const isWord = (char: string | undefined): boolean => char !== undefined && /\w/.test(char);
  return isWord(text[at - 1]) !== isWord(text[at]);
}
