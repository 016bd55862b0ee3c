import { type Matcher, type MatchOperator, matcher } from '../../promql/matchers.ts';
import { unquote } from '../../promql/strings.ts';

const NAME = /^\s*("(?:[^"\\]|\\.)*"|[^\s{}!=~,\\"'`]+)\s*/;
const OPERATOR = /^(=~|!~|!=|=)\s*/;
const VALUE = /^("(?:[^"\\]|\\.)*"|[^\s{}",][^{}",]*|)\s*/;

/**
 * Reads an item of Alertmanager's `matchers`: `severity="critical"`, `thing =~ lab-.*`, or several of them, separated by
 * commas and optionally in braces: `{severity="critical", job!="node"}`. Quotes are optional.
 * @throws Error that says what is wrong with the text
 */
export function parseMatchers(text: string): Matcher[] {
  let rest = text.trim();
  if (rest.startsWith('{') !== rest.endsWith('}')) throw new Error(`${text} must have both braces or none`);
  if (rest.startsWith('{')) rest = rest.slice(1, -1);
  const matchers: Matcher[] = [];
  while (rest.trim() !== '') {
    const take = (pattern: RegExp, what: string): string => {
      const match = pattern.exec(rest);
      if (!match) throw new Error(`${text} has no ${what} at ${JSON.stringify(rest)}, write label="value"`);
      rest = rest.slice(match[0].length);
      return match[1] ?? '';
    };
    const name = bare(take(NAME, 'label name'));
    const operator = take(OPERATOR, 'operator (=, !=, =~ or !~)') as MatchOperator;
    matchers.push(matcher(name, operator, bare(take(VALUE, 'value').trim())));
    if (rest !== '' && !rest.startsWith(','))
      throw new Error(`${text} has more after a value: ${JSON.stringify(rest)}`);
    rest = rest.replace(/^,/, '');
  }
  if (matchers.length === 0) throw new Error(`${JSON.stringify(text)} has no matcher, write label="value"`);
  return matchers;
}

function bare(text: string): string {
  return text.startsWith('"') ? unquote(text) : text;
}
