import { functionNamed, type TemplateContext } from './functions.ts';
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

/**
 * A template that does more than this is wrong: one that calls itself, or ranges over ranges of all series. Steps are nodes
 * and function calls.
 */
const MOST_STEPS = 100_000;
const DEEPEST_CALLS = 100;
const LONGEST_OUTPUT = 1_000_000;

/** Renders a template. Throws a plain Error that says which function failed and why. */
export class Execution {
  private output = '';
  private steps = 0;
  private calls = 0;
  private readonly template: Template;
  private readonly context: TemplateContext;

  constructor(template: Template, context: TemplateContext) {
    this.template = template;
    this.context = context;
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
      const flow = this.node(node, dot, scope);
      if (flow) return flow;
    }
    return undefined;
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
        if (node.pipeline.variables.length === 0) this.write(print(value));
        return undefined;
      }
      case 'template': {
        const body = this.template.defined.get(node.name);
        if (!body) throw new Error(`no template ${JSON.stringify(node.name)} is defined`);
        const data = node.pipeline ? this.pipeline(node.pipeline, dot, scope) : null;
        const inner = new Variables();
        inner.declare('', data);
        this.calls += 1;
        if (this.calls > DEEPEST_CALLS)
          throw new Error(`template ${JSON.stringify(node.name)} calls itself without end`);
        const flow = this.body(body, data, inner);
        this.calls -= 1;
        return flow;
      }
      case 'range':
        return this.range(node, dot, scope);
      case 'if':
      case 'with': {
        const inner = new Variables(scope);
        const value = this.pipeline(node.pipeline, dot, inner);
        if (!isTrue(value)) return this.body(node.otherwise, dot, new Variables(scope));
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
      if (rest.length > 0 || piped.length > 0) throw new Error('only functions take arguments');
      return this.operand(head, dot, scope);
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
    const implementation = functionNamed(name);
    if (!implementation) throw new Error(`function ${JSON.stringify(name)} not defined`);
    try {
      return implementation(args, this.context);
    } catch (error) {
      throw new Error(`error calling ${name}: ${(error as Error).message}`);
    }
  }

  private operand(operand: Operand, dot: TemplateValue, scope: Variables): TemplateValue {
    switch (operand.kind) {
      case 'literal':
        return operand.value;
      case 'function':
        return this.call(operand.name, []);
      case 'dot':
        return follow(dot, operand.path);
      case 'variable':
        return follow(scope.get(operand.name), operand.path);
      case 'pipeline':
        return follow(this.pipeline(operand.pipeline, dot, scope), operand.path);
    }
  }
}

/** `.Labels.instance`: an absent entry of a mapping is the empty text, as Prometheus' label maps are. */
function follow(value: TemplateValue, path: readonly string[]): TemplateValue {
  let found = value;
  for (const name of path) {
    if (!isRecord(found)) throw new Error(`can't evaluate field ${name} of ${print(found)}`);
    found = (Object.hasOwn(found, name) ? found[name] : undefined) ?? '';
  }
  return found;
}
