import { type TemplateContext, type TemplateFunction, templateFunctions } from './functions.ts';
import type { Body, Command, Operand, Pipeline, Template, TemplateNode } from './parser.ts';
import { isRecord, isTrue, print, type TemplateValue } from './values.ts';

/** `break` and `continue` travel up to their `range`. */
type Flow = 'break' | 'continue' | undefined;

/** Variables of one block, and of the blocks around it. */
class Variables {
  private readonly own = new Map<string, TemplateValue>();
  private readonly outer: Variables | undefined;

  constructor(outer?: Variables) {
    this.outer = outer;
  }

  declare(name: string, value: TemplateValue): void {
    this.own.set(name, value);
  }

  private holder(name: string): Variables | undefined {
    return this.own.has(name) ? this : this.outer?.holder(name);
  }

  assign(name: string, value: TemplateValue): void {
    (this.holder(name) ?? this).own.set(name, value);
  }

  get(name: string): TemplateValue {
    const holder = this.holder(name);
    if (!holder) throw new Error(`undefined variable $${name}`);
    return holder.own.get(name);
  }
}

/** Rendering failed: which function and why. */
export class TemplateExecutionError extends Error {
  override readonly name = 'TemplateExecutionError';
  /** The defined template; undefined: the text itself. */
  readonly template: string | undefined;
  /** Where in the text that the action stands in. */
  readonly offset: number;

  constructor(message: string, template: string | undefined, offset: number) {
    super(message);
    this.template = template;
    this.offset = offset;
  }
}

/**
 * A template that does more than this is wrong: one that calls itself, or ranges over ranges of all series. Steps are nodes
 * and function calls.
 */
const MOST_STEPS = 100_000;
const DEEPEST_CALLS = 100;
const LONGEST_OUTPUT = 1_000_000;

/**
 * A field or method of a value: `.SortedPairs` of a mapping, say. Undefined where it has none of this name: then it is
 * looked up as an entry of a mapping.
 */
export type Member = (
  value: TemplateValue,
  name: string,
  args: readonly TemplateValue[],
) => { readonly value: TemplateValue } | undefined;

/** What a kind of template has beside the engine. */
export interface Dialect {
  readonly functions: Readonly<Record<string, TemplateFunction>>;
  readonly member: Member;
  /** How a value is written. */
  readonly print: (value: TemplateValue) => string;
}

const RULES: Dialect = { functions: templateFunctions, member: () => undefined, print };

/** Renders a template. Throws a TemplateExecutionError. */
export class Execution {
  private output = '';
  private steps = 0;
  private readonly template: Template;
  private readonly context: TemplateContext;
  private readonly dialect: Dialect;
  private readonly called: string[] = [];

  constructor(template: Template, context: TemplateContext, dialect = RULES) {
    this.template = template;
    this.context = context;
    this.dialect = dialect;
  }

  run(dot: TemplateValue, variables: Readonly<Record<string, TemplateValue>>): string {
    const scope = new Variables();
    scope.declare('', dot);
    for (const [name, value] of Object.entries(variables)) scope.declare(name, value);
    this.body(this.template.body, dot, scope);
    return this.output;
  }

  private step(): void {
    this.steps += 1;
    if (this.steps > MOST_STEPS) throw new Error(`it does more than ${MOST_STEPS} steps`);
  }

  private write(text: string): void {
    this.output += text;
    if (this.output.length > LONGEST_OUTPUT) throw new Error(`its text has more than ${LONGEST_OUTPUT} characters`);
  }

  private body(nodes: Body, dot: TemplateValue, scope: Variables): Flow {
    for (const node of nodes) {
      const flow = this.placed(node, dot, scope);
      if (flow) return flow;
    }
    return undefined;
  }

  private placed(node: TemplateNode, dot: TemplateValue, scope: Variables): Flow {
    try {
      return this.node(node, dot, scope);
    } catch (error) {
      if (error instanceof TemplateExecutionError) throw error;
      throw new TemplateExecutionError(
        (error as Error).message,
        this.called.at(-1),
        node.kind === 'text' ? 0 : node.at,
      );
    }
  }

  private node(node: TemplateNode, dot: TemplateValue, scope: Variables): Flow {
    this.step();
    switch (node.kind) {
      case 'text':
        this.write(node.text);
        return undefined;
      case 'break':
      case 'continue':
        return node.kind;
      case 'output': {
        const value = this.pipeline(node.pipeline, dot, scope);
        if (node.pipeline.variables.length === 0) this.write(this.dialect.print(value));
        return undefined;
      }
      case 'template': {
        const body = this.template.defined.get(node.name);
        if (!body) throw new Error(`no template ${JSON.stringify(node.name)} is defined`);
        const data = node.pipeline ? this.pipeline(node.pipeline, dot, scope) : null;
        const inner = new Variables();
        inner.declare('', data);
        if (this.called.length >= DEEPEST_CALLS) {
          throw new Error(`template ${JSON.stringify(node.name)} calls itself without end`);
        }
        this.called.push(node.name);
        this.body(body, data, inner);
        this.called.pop();
        return undefined;
      }
      case 'range':
        return this.range(node, dot, scope);
      case 'if':
      case 'with': {
        const inner = new Variables(scope);
        const value = this.pipeline(node.pipeline, dot, inner);
        if (!isTrue(value)) return this.body(node.otherwise, dot, inner);
        return this.body(node.body, node.kind === 'with' ? value : dot, inner);
      }
    }
  }

  private range(node: Extract<TemplateNode, { kind: 'range' }>, dot: TemplateValue, scope: Variables): Flow {
    const { variables } = node.pipeline;
    const value = this.pipeline({ ...node.pipeline, variables: [] }, dot, scope);
    const entries: (readonly [TemplateValue, TemplateValue])[] = Array.isArray(value)
      ? value.map((item: TemplateValue, i: number) => [i, item] as const)
      : isRecord(value)
        ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
        : [];
    if (entries.length === 0) return this.body(node.otherwise, dot, new Variables(scope));
    for (const [key, item] of entries) {
      const inner = new Variables(scope);
      const [first, second] = variables;
      if (second !== undefined) {
        inner.declare(first as string, key);
        inner.declare(second, item);
      } else if (first !== undefined) inner.declare(first, item);
      if (this.body(node.body, item, inner) === 'break') break;
    }
    return undefined;
  }

  private pipeline({ variables, declares, commands }: Pipeline, dot: TemplateValue, scope: Variables): TemplateValue {
    let value: TemplateValue;
    commands.forEach((command, i) => {
      value = this.command(command, i === 0 ? [] : [value], dot, scope);
    });
    const [name] = variables;
    if (name !== undefined) {
      if (declares) scope.declare(name, value);
      else scope.assign(name, value);
    }
    return value;
  }

  private command(
    command: Command,
    piped: readonly TemplateValue[],
    dot: TemplateValue,
    scope: Variables,
  ): TemplateValue {
    const [head, ...rest] = command as [Operand, ...Operand[]];
    if (head.kind !== 'function') {
      const args = [...rest.map((operand) => this.operand(operand, dot, scope)), ...piped];
      return this.operand(head, dot, scope, args);
    }
    if (head.name === 'and' || head.name === 'or') {
      // Evaluated only as far as needed, so that a guard can protect what follows it.
      let value: TemplateValue;
      for (const operand of [
        ...rest.map((item) => () => this.operand(item, dot, scope)),
        ...piped.map((item) => () => item),
      ]) {
        value = operand();
        if (isTrue(value) === (head.name === 'or')) return value;
      }
      return value;
    }
    const args = rest.map((operand) => this.operand(operand, dot, scope));
    return this.call(head.name, [...args, ...piped]);
  }

  private call(name: string, args: readonly TemplateValue[]): TemplateValue {
    this.step();
    const { functions } = this.dialect;
    const implementation = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (!implementation) throw new Error(`function ${JSON.stringify(name)} not defined`);
    try {
      return implementation(args, this.context);
    } catch (error) {
      throw new Error(`error calling ${name}: ${(error as Error).message}`);
    }
  }

  private operand(
    operand: Operand,
    dot: TemplateValue,
    scope: Variables,
    args: readonly TemplateValue[] = [],
  ): TemplateValue {
    switch (operand.kind) {
      case 'literal':
        return this.follow(operand.value, [], args);
      case 'function':
        return this.call(operand.name, []);
      case 'dot':
        return this.follow(dot, operand.path, args);
      case 'variable':
        return this.follow(scope.get(operand.name), operand.path, args);
      case 'pipeline':
        return this.follow(this.pipeline(operand.pipeline, dot, scope), operand.path, args);
    }
  }

  /** `.Labels.instance`; the arguments are for the last, which must be a method then. */
  private follow(value: TemplateValue, path: readonly string[], args: readonly TemplateValue[]): TemplateValue {
    if (path.length === 0 && args.length > 0) throw new Error('only functions and methods take arguments');
    let found = value;
    path.forEach((name, i) => {
      const own = i === path.length - 1 ? args : [];
      const member = this.dialect.member(found, name, own);
      if (member) found = member.value;
      else if (own.length > 0) throw new Error(`${name} is no method but is given arguments`);
      else found = entry(found, name);
    });
    return found;
  }
}

/** An absent entry of a mapping is the empty text, as Prometheus' label maps are. */
function entry(value: TemplateValue, name: string): TemplateValue {
  if (!isRecord(value)) throw new Error(`can't evaluate field ${name} of ${print(value)}`);
  return Object.hasOwn(value, name) ? value[name] : '';
}
