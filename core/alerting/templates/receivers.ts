import { nearest } from '../../nearest.ts';
import type { Integration, Receiver } from '../routing/config.ts';
import type { TemplateData } from './data.ts';
import { checkText, renderText, TemplateError, type Templates } from './templates.ts';

/** Which settings hold the headline and the text of a message, by kind of integration. A dot leads into a mapping. */
const TEXTS: Readonly<Record<string, { readonly title?: string; readonly text?: string }>> = {
  slack: { title: 'title', text: 'text' },
  email: { title: 'headers.subject', text: 'text' },
  pagerduty: { title: 'description' },
  opsgenie: { title: 'message', text: 'description' },
  jira: { title: 'summary', text: 'description' },
  sns: { title: 'subject', text: 'message' },
};

/** What a receiver's own settings say; absent is what they do not set, or what could not be rendered. */
export interface ReceiverTexts {
  readonly title?: string;
  readonly text?: string;
  /** Why something could not be rendered, and where: the message goes out with the usual words instead. */
  readonly problems: readonly string[];
}

/** Renders the headline and the text that a receiver's settings give for its messages. Never throws for a wrong template. */
export function receiverTexts(
  templates: Templates,
  integration: Integration,
  data: TemplateData,
  nowMs: number,
): ReceiverTexts {
  const problems: string[] = [];
  const render = (name: string | undefined): string | undefined => {
    const setting = name === undefined ? undefined : settingOf(integration.settings, name);
    if (setting === undefined) return undefined;
    try {
      return renderText(templates, setting, data, { nowMs, what: `${integration.key}.${name}` });
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };
  const names = TEXTS[integration.kind] ?? {};
  const [title, text] = [render(names.title), render(names.text)];
  return { ...(title === undefined ? {} : { title }), ...(text === undefined ? {} : { text }), problems };
}

/** Everything wrong with the templates in receivers' settings, found without rendering them. */
export function checkReceivers(templates: Templates, receivers: readonly Receiver[]): string[] {
  const problems: string[] = [];
  const check = (value: unknown, what: string): void => {
    if (typeof value === 'string') {
      const problem = value.includes('{{') ? checkText(templates, value, what) : undefined;
      if (problem !== undefined) problems.push(problem + hint(problem, templates));
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value)) check(item, Array.isArray(value) ? what : `${what}.${name}`);
    }
  };
  for (const { name, integrations } of receivers) {
    for (const { key, settings } of integrations) check(settings, `receiver "${name}": ${key}`);
  }
  return problems;
}

/** Names of header fields are the same in any case. */
function settingOf(settings: Readonly<Record<string, unknown>>, path: string): string | undefined {
  let found: unknown = settings;
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Object.entries(found).find(([key]) => key.toLowerCase() === name)?.[1];
  }
  return typeof found === 'string' ? found : undefined;
}

function hint(problem: string, templates: Templates): string {
  const [, missing] = /no template "(.*)" is defined$/.exec(problem) ?? [];
  const near = missing === undefined ? undefined : nearest(missing, [...templates.keys()]);
  return near === undefined ? '' : `; the nearest is "${near}"`;
}
