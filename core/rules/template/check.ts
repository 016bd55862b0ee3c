import { TemplateSyntaxError } from './lexer.ts';
import type { Body, Operand, Pipeline, Template } from './parser.ts';

/**
 * Looks for functions and variables that do not exist, as Go does when it parses.
 * @param functions by name; `and` and `or` are part of the engine
 * @param variables that the text begins with, without `$`
 * @throws TemplateSyntaxError with its offset
 */
export function checkNames(
  template: Template,
  functions: Readonly<Record<string, unknown>>,
  variables: readonly string[],
): void {
  const check = new NameCheck(functions);
  check.body(template.body, new Set(['', ...variables]));
  for (const body of template.defined.values()) check.body(body, new Set(['']));
}

class NameCheck {
  private readonly functions: Readonly<Record<string, unknown>>;

  constructor(functions: Readonly<Record<string, unknown>>) {
    this.functions = functions;
  }

  body(nodes: Body, outer: ReadonlySet<string>): void {
    const known = new Set(outer);
    for (const node of nodes) {
      if (node.kind === 'output') this.pipeline(node.pipeline, known, node.at);
      else if (node.kind === 'template' && node.pipeline) this.pipeline(node.pipeline, known, node.at);
      else if (node.kind === 'if' || node.kind === 'with' || node.kind === 'range') {
        const inner = new Set(known);
        this.pipeline(node.pipeline, inner, node.at);
        this.body(node.body, inner);
        this.body(node.otherwise, node.kind === 'range' ? known : inner);
      }
    }
  }

  private pipeline({ variables, declares, commands }: Pipeline, known: Set<string>, at: number): void {
    for (const operand of commands.flat()) this.operand(operand, known, at);
    for (const name of variables) {
      if (!declares && !known.has(name)) throw new TemplateSyntaxError(`undefined variable $${name}`, at);
      known.add(name);
    }
  }

  private operand(operand: Operand, known: Set<string>, at: number): void {
    if (operand.kind === 'pipeline') this.pipeline(operand.pipeline, known, at);
    if (operand.kind === 'variable' && !known.has(operand.name)) {
      const names = [...known].filter(Boolean).map((name) => `$${name}`);
      const hint = names.length > 0 ? `: known are ${names.join(', ')}` : '';
      throw new TemplateSyntaxError(`undefined variable $${operand.name}${hint}`, at);
    }
    if (operand.kind !== 'function' || operand.name === 'and' || operand.name === 'or') return;
    if (!Object.hasOwn(this.functions, operand.name)) {
      throw new TemplateSyntaxError(`unknown function ${operand.name}`, at);
    }
  }
}
