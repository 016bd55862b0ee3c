import { type Segment, segments, TemplateSyntaxError, type Token } from './lexer.ts';

/** A template as a tree; each node but text knows where in the template its action begins. */
export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly at: number; readonly pipeline: Pipeline }
  | (Block & { readonly kind: 'if' | 'with' })
  | (Block & { readonly kind: 'range' })
  | {
      readonly kind: 'template';
      readonly at: number;
      readonly name: string;
      readonly pipeline: Pipeline | undefined;
    }
  | { readonly kind: 'break' | 'continue'; readonly at: number };

interface Block {
  readonly at: number;
  readonly pipeline: Pipeline;
  readonly body: Body;
  readonly otherwise: Body;
}

export type Body = readonly TemplateNode[];

export interface Pipeline {
  /** `$x :=`, `$i, $x :=` or `$x =`. */
  readonly variables: readonly string[];
  readonly declares: boolean;
  readonly commands: readonly Command[];
}

/** A function with its arguments, or a single operand. */
export type Command = readonly Operand[];

export type Operand =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'dot'; readonly path: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline; readonly path: readonly string[] };

export interface Template {
  readonly body: Body;
  readonly defined: ReadonlyMap<string, Body>;
}

/** @throws TemplateSyntaxError with its offset */
export function parseTemplate(text: string): Template {
  const parser = new Parser(segments(text));
  const { nodes, stop, at } = parser.body();
  if (stop) throw new TemplateSyntaxError(`unexpected {{ ${stop} }}`, at);
  return { body: nodes, defined: parser.defined };
}

/** Blocks within blocks, or parentheses within parentheses: what reads and renders them does so by recursion. */
const DEEPEST = 100;

function refuseDeeper(depth: number, what: string): void {
  if (depth > DEEPEST) throw new TemplateSyntaxError(`${what} are nested too deeply: ${DEEPEST} levels at most`);
}

class Parser {
  readonly defined = new Map<string, Body>();
  private depth = 0;
  private readonly segments: readonly Segment[];
  private next = 0;
  private loops = 0;

  constructor(all: readonly Segment[]) {
    this.segments = all;
  }

  /** Nodes up to `end` or `else`; `rest` are the tokens after `else`. */
  body(): { nodes: TemplateNode[]; stop: 'end' | 'else' | undefined; rest: readonly Token[]; at?: number } {
    const nodes: TemplateNode[] = [];
    for (let segment = this.segments[this.next]; segment; segment = this.segments[this.next]) {
      this.next += 1;
      if (segment.kind === 'text') {
        nodes.push(segment);
        continue;
      }
      const [first, ...rest] = segment.tokens;
      const word = first?.kind === 'word' ? first.text : '';
      const at = segment.offset;
      if (word === 'end' || word === 'else') return { nodes, stop: word, rest, at };
      const node = placed(at, () => this.action(word, segment.tokens, rest, at));
      if (node) nodes.push(node);
    }
    return { nodes, stop: undefined, rest: [] };
  }

  private action(word: string, all: readonly Token[], rest: readonly Token[], at: number): TemplateNode | undefined {
    switch (word) {
      case 'if':
      case 'with':
        return this.block(word, rest, at);
      case 'range': {
        this.loops += 1;
        const block = this.block(word, rest, at);
        this.loops -= 1;
        return block;
      }
      case 'break':
      case 'continue':
        if (this.loops === 0) throw new TemplateSyntaxError(`{{ ${word} }} outside of {{ range }}`);
        return { kind: word, at };
      case 'template': {
        const [name, ...data] = rest;
        return {
          kind: 'template',
          at,
          name: nameOf(name, word),
          pipeline: data.length > 0 ? new PipelineReader(data).whole() : undefined,
        };
      }
      case 'define':
      case 'block': {
        const [name, ...data] = rest;
        const outside = this.loops;
        this.loops = 0;
        this.depth += 1;
        refuseDeeper(this.depth, `{{ ${word} }}`);
        const { nodes, stop } = this.body();
        this.depth -= 1;
        this.loops = outside;
        if (stop !== 'end') throw new TemplateSyntaxError(`{{ ${word} }} without {{ end }}`);
        this.defined.set(nameOf(name, word), nodes);
        if (word === 'define') return undefined;
        return { kind: 'template', at, name: nameOf(name, word), pipeline: new PipelineReader(data).whole() };
      }
      default:
        return { kind: 'output', at, pipeline: new PipelineReader(all).whole() };
    }
  }

  private block(kind: 'if' | 'with' | 'range', condition: readonly Token[], at: number): TemplateNode {
    this.depth += 1;
    refuseDeeper(this.depth, `blocks such as {{ ${kind} }}`);
    const block = this.wholeBlock(kind, condition, at);
    this.depth -= 1;
    return block;
  }

  private wholeBlock(kind: 'if' | 'with' | 'range', condition: readonly Token[], at: number): TemplateNode {
    const pipeline = new PipelineReader(condition).whole();
    const { nodes: body, stop, rest } = this.body();
    if (!stop) throw new TemplateSyntaxError(`{{ ${kind} }} without {{ end }}`);
    if (stop === 'end') return { kind, at, pipeline, body, otherwise: [] };
    const [next, ...deeper] = rest;
    if (next?.kind === 'word' && (next.text === 'if' || next.text === 'with')) {
      return { kind, at, pipeline, body, otherwise: [this.block(next.text, deeper, next.offset)] };
    }
    const otherwise = this.body();
    if (otherwise.stop !== 'end') throw new TemplateSyntaxError(`{{ else }} of {{ ${kind} }} without {{ end }}`);
    return { kind, at, pipeline, body, otherwise: otherwise.nodes };
  }
}

/** Adds the place of the action to what is wrong within it, where nothing more precise is known. */
function placed<T>(at: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError) || error.offset !== undefined) throw error;
    throw new TemplateSyntaxError(error.message, at);
  }
}

function nameOf(token: Token | undefined, word: string): string {
  if (token?.kind !== 'string') throw new TemplateSyntaxError(`{{ ${word} }} needs a name in quotes`);
  return token.value;
}

class PipelineReader {
  private readonly tokens: readonly Token[];
  private next = 0;
  private depth = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  whole(): Pipeline {
    const pipeline = this.pipeline();
    const rest = this.tokens[this.next];
    if (rest) throw new TemplateSyntaxError('unexpected ) in a template action', rest.offset);
    return pipeline;
  }

  private isSymbol(text: string, at = this.next): boolean {
    const token = this.tokens[at];
    return token?.kind === 'symbol' && token.text === text;
  }

  private pipeline(): Pipeline {
    const { variables, declares } = this.assignment();
    const commands: Command[] = [];
    do {
      const command = this.command();
      // Go takes a pipe that leads nowhere.
      if (command.length === 0 && commands.length > 0 && this.next === this.tokens.length) break;
      if (command.length === 0) throw new TemplateSyntaxError('a template action is empty');
      commands.push(command);
    } while (this.isSymbol('|') && ++this.next > 0);
    return { variables, declares, commands };
  }

  private assignment(): { variables: string[]; declares: boolean } {
    const names: string[] = [];
    let i = this.next;
    for (let token = this.tokens[i]; token?.kind === 'variable'; token = this.tokens[i]) {
      names.push(token.name);
      i += 1;
      if (this.isSymbol(':=', i) || this.isSymbol('=', i)) {
        const declares = this.isSymbol(':=', i);
        this.next = i + 1;
        return { variables: names, declares };
      }
      if (!this.isSymbol(',', i)) break;
      i += 1;
    }
    return { variables: [], declares: false };
  }

  private command(): Operand[] {
    const operands: Operand[] = [];
    for (let token = this.tokens[this.next]; token; token = this.tokens[this.next]) {
      if (token.kind === 'symbol' && (token.text === '|' || token.text === ')')) break;
      operands.push(this.operand(token));
    }
    return operands;
  }

  private operand(token: Token): Operand {
    this.next += 1;
    switch (token.kind) {
      case 'number':
      case 'string':
        return { kind: 'literal', value: token.value };
      case 'variable':
        return { kind: 'variable', name: token.name, path: this.path() };
      case 'field':
        return { kind: 'dot', path: [token.name, ...this.path()] };
      case 'word':
        if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true' };
        if (token.text === 'nil') return { kind: 'literal', value: null };
        return { kind: 'function', name: token.text };
      case 'symbol': {
        if (token.text === '.') return { kind: 'dot', path: [] };
        if (token.text !== '(')
          throw new TemplateSyntaxError(`unexpected ${token.text} in a template action`, token.offset);
        this.depth += 1;
        refuseDeeper(this.depth, 'parentheses');
        const pipeline = this.pipeline();
        this.depth -= 1;
        if (!this.isSymbol(')')) throw new TemplateSyntaxError('( without ) in a template action', token.offset);
        this.next += 1;
        return { kind: 'pipeline', pipeline, path: this.path() };
      }
    }
  }

  private path(): string[] {
    const path: string[] = [];
    for (
      let token = this.tokens[this.next];
      token?.kind === 'field' && token.isJoined;
      token = this.tokens[this.next]
    ) {
      path.push(token.name);
      this.next += 1;
    }
    return path;
  }
}
