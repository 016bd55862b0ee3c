import type { Labels } from '../../metrics/model.ts';
import { checkNames } from './check.ts';
import { Execution } from './execute.ts';
import { type TemplateContext, templateFunctions } from './functions.ts';
import { parseTemplate, type Template } from './parser.ts';

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
    checkNames(cached(text), templateFunctions, ['labels', 'externalLabels', 'externalURL', 'value']);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
