import { checkNames } from '../../rules/template/check.ts';
import { type Dialect, Execution, TemplateExecutionError } from '../../rules/template/execute.ts';
import { escapeHtml } from '../../rules/template/functions.ts';
import { TemplateSyntaxError } from '../../rules/template/lexer.ts';
import { type Body, parseTemplate, type Template } from '../../rules/template/parser.ts';
import { print, SafeText, type TemplateValue } from '../../rules/template/values.ts';
import { UserError } from '../../user-error.ts';
import { ConfigurationError } from '../../yaml/configuration-error.ts';
import { type TemplateData, valueOfData } from './data.ts';
import { DEFAULT_TEMPLATES } from './defaults.ts';
import { notificationFunctions } from './functions.ts';
import { member } from './members.ts';

/** Named templates: Alertmanager's own, and those of the files. */
export type Templates = ReadonlyMap<string, DefinedTemplate>;

interface DefinedTemplate {
  readonly body: Body;
  readonly file: TemplateFile;
}

/** A file of `templates:`. */
export interface TemplateFile {
  readonly name: string;
  readonly text: string;
}

/** A text could not be rendered, and where: `slack_configs.title:1:12: ...`, `team.tmpl:3:5: ...`. */
export class TemplateError extends UserError {
  override readonly name = 'TemplateError';
}

const TEXT: Dialect = { functions: notificationFunctions, member, print };
/** Values are escaped as in the text of an HTML element; what `safeHtml` gives is not. */
const HTML: Dialect = { ...TEXT, print: (value) => (value instanceof SafeText ? value.text : escapeForHtml(value)) };

/**
 * Reads the files of `templates:` over Alertmanager's own templates. As in Go a later definition replaces one before it,
 * unless it is blank.
 * @throws ConfigurationError with the first problem of each file and its place
 */
export function parseTemplates(files: readonly TemplateFile[]): Templates {
  const templates = new Map<string, DefinedTemplate>();
  const problems: string[] = [];
  for (const file of [{ name: 'default.tmpl', text: DEFAULT_TEMPLATES }, ...files]) {
    try {
      for (const [name, body] of checked(file.text).defined) define(templates, name, { body, file });
    } catch (error) {
      if (!(error instanceof TemplateSyntaxError)) throw error;
      problems.push(placed(file, error.offset, error.message));
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return templates;
}

/**
 * What is wrong with a text that may use these templates, found without rendering it: `title:1:4: unknown function up`.
 * @param what the setting, for the message
 */
export function checkText(templates: Templates, text: string, what: string): string | undefined {
  const file = { name: what, text };
  try {
    const { body, defined } = checked(text);
    const missing = calls(body).find(({ name }) => !templates.has(name) && !defined.has(name));
    return missing && placed(file, missing.at, `no template ${JSON.stringify(missing.name)} is defined`);
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return placed(file, error.offset, error.message);
    throw error;
  }
}

/** How to render. */
export interface RenderOptions {
  /** For `since`. */
  readonly nowMs: number;
  /** The setting, for messages; default: `text`. */
  readonly what?: string;
  /** Escape values, as for the `html` of an e-mail. Alertmanager looks at where in a tag a value stands; this does not. */
  readonly html?: boolean;
}

/**
 * Renders a setting of a receiver, such as `title`.
 * @throws TemplateError
 */
export function renderText(templates: Templates, text: string, data: TemplateData, options: RenderOptions): string {
  if (!text.includes('{{')) return text;
  const own = { name: options.what ?? 'text', text };
  const { nowMs } = options;
  const context = { nowMs, externalUrl: data.externalUrl, query: () => [] };
  const all = new Map(templates);
  try {
    const { body, defined } = checked(text);
    for (const [name, inner] of defined) define(all, name, { body: inner, file: own });
    const template = { body, defined: new Map([...all].map(([name, inner]) => [name, inner.body])) };
    return new Execution(template, context, options.html ? HTML : TEXT).run(valueOfData(data), {});
  } catch (error) {
    if (error instanceof TemplateSyntaxError) throw new TemplateError(placed(own, error.offset, error.message));
    if (!(error instanceof TemplateExecutionError)) throw error;
    const file = all.get(error.template ?? '')?.file ?? own;
    throw new TemplateError(placed(file, error.offset, error.message));
  }
}

function checked(text: string): Template {
  const template = parseTemplate(text);
  checkNames(template, notificationFunctions, []);
  return template;
}

function define(templates: Map<string, DefinedTemplate>, name: string, defined: DefinedTemplate): void {
  const isBlank = defined.body.every((node) => node.kind === 'text' && node.text.trim() === '');
  if (!isBlank || !templates.has(name)) templates.set(name, defined);
}

function calls(body: Body): { readonly name: string; readonly at: number }[] {
  return body.flatMap((node) => {
    if (node.kind === 'template') return [node];
    const isBlock = node.kind === 'if' || node.kind === 'with' || node.kind === 'range';
    return isBlock ? [...calls(node.body), ...calls(node.otherwise)] : [];
  });
}

function placed({ name, text }: TemplateFile, offset: number | undefined, message: string): string {
  const before = text.slice(0, offset ?? 0).split('\n');
  return `${name}:${before.length}:${(before.at(-1) ?? '').length + 1}: ${message}`;
}

/** html/template escapes a plus sign, too. */
function escapeForHtml(value: TemplateValue): string {
  return escapeHtml(print(value)).replaceAll('+', '&#43;');
}
