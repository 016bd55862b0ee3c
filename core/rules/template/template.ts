import type { Labels } from '../../metrics/model.ts';
import { Execution } from './execute.ts';
import { functionNamed, type TemplateContext } from './functions.ts';
import { type Body, type Operand, type Pipeline, parseTemplate, type Template } from './parser.ts';

/** Prometheus' templates of labels and annotations: Go's text templates with `$labels`, `$value` and functions. */

export interface AlertData {
  readonly labels: Labels;
  readonly externalLabels: Labels;
  readonly value: number;
}

const parsed = new Map<string, Template>();

/** Parsed once per text: rules are few and live long. */
function cached(text: string): Template {
  let template = parsed.get(text);
  if (!template) {
    template = parseTemplate(text);
    parsed.set(text, template);
  }
  return template;
}

/** Renders; where that fails the text says so, as in Prometheus, because an alert must go out nevertheless. */
export function renderTemplate(
  text: string,
  { labels, externalLabels, value }: AlertData,
  context: TemplateContext,
): string {
  if (!text.includes('{{')) return text;
  try {
    const data = { Labels: labels, ExternalLabels: externalLabels, ExternalURL: context.externalUrl, Value: value };
    return new Execution(cached(text), context).run(data, {
      labels,
      externalLabels,
      externalURL: context.externalUrl,
      value,
    });
  } catch (error) {
    return `<error expanding template: ${(error as Error).message}>`;
  }
}

/** What is wrong with a template, found without rendering it: syntax, unknown functions and variables. */
export function checkTemplate(text: string): string | undefined {
  if (!text.includes('{{')) return undefined;
  try {
    const template = cached(text);
    const check = new TemplateCheck();
    check.body(template.body, new Set(['', 'labels', 'externalLabels', 'externalURL', 'value']));
    for (const body of template.defined.values()) check.body(body, new Set(['']));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

class TemplateCheck {
  body(nodes: Body, outer: ReadonlySet<string>): void {
    const known = new Set(outer);
    for (const node of nodes) {
      if (node.kind === 'output') this.pipeline(node.pipeline, known);
      else if (node.kind === 'template' && node.pipeline) this.pipeline(node.pipeline, known);
      else if (node.kind === 'if' || node.kind === 'with' || node.kind === 'range') {
        const inner = new Set(known);
        this.pipeline(node.pipeline, inner);
        this.body(node.body, inner);
        this.body(node.otherwise, known);
      }
    }
  }

  private pipeline({ variables, declares, commands }: Pipeline, known: Set<string>): void {
    for (const operand of commands.flat()) this.operand(operand, known);
    for (const name of variables) {
      if (!declares && !known.has(name)) throw new Error(`undefined variable $${name}`);
      known.add(name);
    }
  }

  private operand(operand: Operand, known: Set<string>): void {
    if (operand.kind === 'pipeline') this.pipeline(operand.pipeline, known);
    if (operand.kind === 'variable' && !known.has(operand.name)) {
      const names = [...known].filter(Boolean).map((name) => `$${name}`);
      throw new Error(`undefined variable $${operand.name}: known are ${names.join(', ')}`);
    }
    if (operand.kind === 'function' && !['and', 'or'].includes(operand.name) && !functionNamed(operand.name)) {
      throw new Error(`unknown function ${operand.name}`);
    }
  }
}
